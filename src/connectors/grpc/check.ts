/** Whether calls fit the protos that are at hand, before anything is sent. */
import { JsonReader } from './json/read.ts'
import type { GrpcOptions } from './options.ts'
import { bundledProtos, findMethod, findService, loadProtos, type Method, type Protos, UnknownMethod } from './protos.ts'

/** Protos that need no server: those that the options name, or the ones that burn brings. @throws LocalError when a file is no proto */
export function localProtos({ proto, includeDirs }: Pick<GrpcOptions, 'proto' | 'includeDirs'>, baseDir: string): Protos {
  return proto === undefined ? bundledProtos() : loadProtos([proto].flat(), includeDirs, baseDir)
}

/** The method, why there is none, or undefined when only the server knows. */
export function localMethod(
  protos: Protos,
  { proto }: Pick<GrpcOptions, 'proto'>,
  service: string,
  method: string,
): Method | string | undefined {
  if (proto === undefined && !findService(protos, service)) return undefined
  try {
    return findMethod(protos, service, method)
  } catch (error) {
    if (error instanceof UnknownMethod) return error.message
    throw error
  }
}

/** What does not fit in a request message whose templates are not filled in yet. */
export function messageMisfits(method: Method, message: unknown): JsonReader['misfits'] {
  const reader = new JsonReader((text) => text.includes('{{'))
  reader.message(method.request, message)
  return reader.misfits
}
