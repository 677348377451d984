/** .proto files become methods that can be called: read once per process, each service looked up by its full name. */
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { MessageTypeDefinition, MethodDefinition, Options, PackageDefinition, ServiceDefinition } from '@grpc/proto-loader'
import { LocalError } from '../../errors.ts'
import { nearest } from '../../language/suggest.ts'

/** One method: path, whether either side streams, and how messages become bytes. */
export type Method = MethodDefinition<object, object>

/** The names do not fit the protos: this side's fault. */
export class UnknownMethod extends Error {
  override name = 'UnknownMethod'
}

/**
 * Messages as JSON: fields named as in the file, 64-bit numbers and enums as text, bytes as base64, NaN and Infinity as text.
 * Fields that were not set show their default, so that a check on `0` or `""` finds it; members of a oneof and optional ones do not.
 */
export const LOADING: Options = {
  keepCase: true,
  longs: String,
  enums: String,
  bytes: String,
  defaults: true,
  json: true,
}

/** Protos that burn brings: its own chat and echo services, health and reflection. */
const BUNDLED = ['chat.proto', 'echo.proto', 'health.proto', 'reflection-v1.proto', 'reflection-v1alpha.proto']
const FOLDER = new URL(import.meta.url.endsWith('.ts') ? '../../../protos/' : '../protos/', import.meta.url)

const loaded = new Map<string, Promise<PackageDefinition>>()

/** The services of the protos that burn brings. */
export function bundledProtos(): Promise<PackageDefinition> {
  return loadProtos(
    BUNDLED.map((name) => fileURLToPath(new URL(name, FOLDER))),
    [],
    '/',
  )
}

/**
 * Reads .proto files; relative paths start at `baseDir`, and imports are looked for in `includeDirs`, in the folder of the files
 * and in `baseDir`.
 * @throws LocalError when one cannot be read or is not a proto
 */
export function loadProtos(
  files: readonly string[],
  includeDirs: readonly string[],
  baseDir: string,
): Promise<PackageDefinition> {
  const paths = files.map((file) => resolve(baseDir, file))
  const folders = [...includeDirs.map((folder) => resolve(baseDir, folder)), ...paths.map((path) => resolve(path, '..')), baseDir]
  const key = JSON.stringify([paths, folders])
  const known = loaded.get(key)
  if (known) return known
  const loading = read(paths, [...new Set(folders)])
  loaded.set(key, loading)
  loading.catch(() => loaded.delete(key))
  return loading
}

async function read(paths: string[], includeDirs: string[]): Promise<PackageDefinition> {
  const { load } = await import('@grpc/proto-loader')
  try {
    return await load(paths, { ...LOADING, includeDirs })
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    throw new LocalError(`grpc.proto: ${said}`, 'check the path, its imports (grpc.includeDirs) and its syntax', { cause: error })
  }
}

/** The method of that name. @throws UnknownMethod with what there is */
export function findMethod(protos: PackageDefinition, service: string, method: string): Method {
  const definition = findService(protos, service)
  if (!definition) throw new UnknownMethod(`the protos have no service ${service}${suggestion(service, serviceNames(protos))}`)
  const found = Object.hasOwn(definition, method) ? definition[method] : undefined
  if (found) return found
  throw new UnknownMethod(`the service ${service} has no method ${method}${suggestion(method, Object.keys(definition))}`)
}

/** The service of that full name, or the only one whose name without package it is. */
export function findService(protos: PackageDefinition, name: string): ServiceDefinition | undefined {
  const exact = Object.hasOwn(protos, name) ? protos[name] : undefined
  if (exact !== undefined) return isService(exact) ? exact : undefined
  const [only, ...others] = serviceNames(protos).filter((full) => full.endsWith(`.${name}`))
  const found = only === undefined || others.length > 0 ? undefined : protos[only]
  return found !== undefined && isService(found) ? found : undefined
}

/** The message type of that full name. @throws UnknownMethod when there is none */
export function findMessage(protos: PackageDefinition, name: string): MessageTypeDefinition<object, object> {
  const found = Object.hasOwn(protos, name) ? protos[name] : undefined
  if (found !== undefined && isMessage(found)) return found
  throw new UnknownMethod(`the protos have no message ${name}`)
}

function isMessage(definition: PackageDefinition[string]): definition is MessageTypeDefinition<object, object> {
  return 'format' in definition && 'deserialize' in definition
}

function serviceNames(protos: PackageDefinition): string[] {
  return Object.keys(protos).filter((name) => {
    const definition = protos[name]
    return definition !== undefined && isService(definition)
  })
}

function isService(definition: PackageDefinition[string]): definition is ServiceDefinition {
  return !('format' in definition)
}

function suggestion(word: string, names: readonly string[]): string {
  const near = nearest(word, names)
  return near === undefined ? `; there is ${names.slice(0, 8).join(', ') || 'none'}` : `; did you mean ${near}?`
}
