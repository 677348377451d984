import type { Misfit, RequestChecks } from '../wire/connector.ts'
import { JsonReader } from './json/read.ts'
import { bundledProtos, findMethod, findService, loadProtos, type Method, type Protos, UnknownMethod } from './messages/protos.ts'
import type { GrpcOptions } from './options/options.ts'
import { methodOfPath } from './options/request.ts'

/**
 * Returns the .proto files that are known without asking the server: those in the options, or the built-in ones. @throws LocalError when a file is
 * not a valid .proto file
 */
function localProtos({ proto, includeDirs }: Pick<GrpcOptions, 'proto' | 'includeDirs'>, baseDir: string): Protos {
  return proto === undefined ? bundledProtos() : loadProtos([proto].flat(), includeDirs, baseDir)
}

/**
 * Returns the functions that check the gRPC requests of a scenario before a run, to find services, methods and fields that its .proto files do not
 * define. `path` is the path in the target's address, which may name the service and the method.
 */
export function callChecks(options: GrpcOptions, path: string, baseDir: string): RequestChecks {
  const protos = localProtos(options, baseDir)
  const named = methodOfPath(path)
  const methodOf = (request: Readonly<Record<string, unknown>>) => {
    const service = request.service ?? options.service ?? named?.service
    const method = request.method ?? options.method ?? named?.method
    return isKnown(service) && isKnown(method) ? localMethod(protos, options, service, method) : undefined
  }
  return {
    ofStep(request) {
      const method = methodOf(request)
      const key = request.method !== undefined ? 'method' : request.service !== undefined ? 'service' : undefined
      if (typeof method === 'string') return [{ of: 'place', path: key === undefined ? [] : [key], message: method }]
      if (!method) return []
      if (Array.isArray(request.messages))
        return request.messages.flatMap((message, index) => misfits(method, message, ['messages', index]))
      return request.message === undefined ? [] : misfits(method, request.message, ['message'])
    },
    ofMessage(body) {
      const method = methodOf({})
      if (typeof method === 'string') return [{ of: 'place', path: [], message: method }]
      return method ? misfits(method, body, []) : []
    },
  }
}

const isKnown = (name: unknown): name is string => typeof name === 'string' && !name.includes('{{')

/** Returns the gRPC method of this name, or a message that says why the .proto files have none; undefined when only the server can say. */
function localMethod(
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

/** Returns the values of a request message that do not fit the message type of the method. */
function misfits(method: Method, message: unknown, at: Misfit['path']): Misfit[] {
  const reader = new JsonReader((text) => text.includes('{{'))
  reader.message(method.request, message)
  return reader.misfits.map(({ path, text }) => ({
    of: 'body',
    path: [...at, ...path],
    message: text,
    isKey: text.includes('no such field'),
    hint: `the call takes ${method.request.fullName.slice(1)}, as its proto has it`,
  }))
}
