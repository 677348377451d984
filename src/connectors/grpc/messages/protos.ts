/** Loads .proto files and finds methods in them; each set of files is read once per process. */
import { accessSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { NamespaceBase, ReflectionObject, Root, Service, Type } from 'protobufjs'
import { LocalError } from '../../../errors.ts'
import { nearest } from '../../../language/suggest.ts'
import { packagedFile } from '../../../packaged.ts'

type ProtobufLibrary = typeof import('protobufjs')

/** All services and messages that the loaded .proto files and their imports define. */
export type Protos = Root

/** A gRPC method: its path, its message types, and whether client and server stream. */
export interface Method {
  /** The HTTP/2 path of a call: `/package.Service/Method`. */
  readonly path: string
  readonly requestStream: boolean
  readonly responseStream: boolean
  readonly request: Type
  readonly response: Type
}

/** Thrown when the .proto files have no such service, method or message, or a message does not fit its type: an error in the scenario. */
export class UnknownMethod extends Error {
  override name = 'UnknownMethod'
}

/** The built-in protos: burn's chat and echo services, health and reflection. */
const BUNDLED = ['chat.proto', 'echo.proto', 'health.proto', 'reflection-v1.proto', 'reflection-v1alpha.proto']

const require = createRequire(import.meta.url)
const loaded = new Map<string, Protos>()

/** Returns the library protobufjs, which is loaded by the first call. */
export function protobuf(): ProtobufLibrary {
  return require('protobufjs')
}

/** Returns the services and messages of the .proto files that come with burn: chat, echo, health and reflection. */
export function bundledProtos(): Protos {
  return loadProtos(
    BUNDLED.map((name) => fileURLToPath(packagedFile(`protos/${name}`))),
    [],
    '/',
  )
}

/**
 * Reads .proto files and returns the services and messages in them. Relative paths start at `baseDir`. Imported files are looked for in
 * `includeDirs`, in the folders of the files, and in `baseDir`. A later call with the same files and folders does not read them again.
 * @throws LocalError when a file cannot be read or has a syntax error
 */
export function loadProtos(files: readonly string[], includeDirs: readonly string[], baseDir: string): Protos {
  const paths = files.map((file) => resolve(baseDir, file))
  const folders = [...includeDirs.map((folder) => resolve(baseDir, folder)), ...paths.map((path) => resolve(path, '..')), baseDir]
  const key = JSON.stringify([paths, folders])
  const protos = loaded.get(key) ?? read(paths, [...new Set(folders)])
  loaded.set(key, protos)
  return protos
}

function read(paths: string[], folders: readonly string[]): Protos {
  const { Root } = protobuf()
  const root = new Root()
  const fallback = root.resolvePath.bind(root)
  root.resolvePath = (origin, target) => (isAbsolute(target) ? target : (inFolders(target, folders) ?? fallback(origin, target)))
  try {
    root.loadSync(paths, { keepCase: true }).resolveAll()
    return root
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    throw new LocalError(`grpc.proto: ${said}`, 'check the path, its imports (grpc.includeDirs) and its syntax', { cause: error })
  }
}

/** Returns the path of the file that an import statement names; undefined leaves it to protobufjs, which brings most of Google's .proto files. */
function inFolders(target: string, folders: readonly string[]): string | undefined {
  const found = folders.map((folder) => join(folder, target)).find(isReadable)
  if (found !== undefined || !target.startsWith('google/protobuf/') || protobuf().common.get(target)) return found
  try {
    return require.resolve(`protobufjs/${target}`)
  } catch {
    return undefined
  }
}

function isReadable(path: string): boolean {
  try {
    accessSync(path)
    return true
  } catch {
    return false
  }
}

/** Returns the services and messages in a FileDescriptorSet, which is the compiled form of .proto files. */
export function fromDescriptors(set: Buffer): Protos {
  // this module adds `fromDescriptor` to Root
  const { FileDescriptorSet } = require('protobufjs/ext/descriptor')
  const root: Protos = (protobuf().Root as never as { fromDescriptor(set: unknown): Protos }).fromDescriptor(
    FileDescriptorSet.decode(set),
  )
  root.resolveAll()
  return root
}

/**
 * Returns the gRPC methods that have the given service and method name, from all .proto files that were read so far. There are several when the files
 * of different targets define the method differently.
 */
export function loadedMethods(service: string, method: string): Method[] {
  return [...loaded.values()].flatMap((protos) => {
    try {
      return [findMethod(protos, service, method)]
    } catch (error) {
      if (error instanceof UnknownMethod) return []
      throw error
    }
  })
}

/**
 * Finds a gRPC method by the names of its service and of the method itself.
 * @throws UnknownMethod when there is none; its message suggests similar names
 */
export function findMethod(protos: Protos, service: string, method: string): Method {
  const definition = findService(protos, service)
  if (!definition) throw new UnknownMethod(`the protos have no service ${service}${suggestion(service, serviceNames(protos))}`)
  const found = Object.hasOwn(definition.methods, method) ? definition.methods[method] : undefined
  if (!found)
    throw new UnknownMethod(
      `the service ${service} has no method ${method}${suggestion(method, Object.keys(definition.methods))}`,
    )
  const { resolvedRequestType: request, resolvedResponseType: response } = found.resolve() as typeof found
  if (!request || !response) throw new UnknownMethod(`the messages of ${service}/${method} are not in the protos`)
  return {
    path: `/${fullName(definition)}/${method}`,
    requestStream: found.requestStream === true,
    responseStream: found.responseStream === true,
    request,
    response,
  }
}

/** Finds a gRPC service by its full name, or by its short name if only one package has it; undefined when there is none. */
export function findService(protos: Protos, name: string): Service | undefined {
  const services = servicesOf(protos)
  const exact = services.find((service) => fullName(service) === name)
  if (exact) return exact
  const [only, ...others] = services.filter((service) => fullName(service).endsWith(`.${name}`))
  return others.length > 0 ? undefined : only
}

/** Finds a gRPC message type by its full name. @throws UnknownMethod when there is none */
export function findMessage(protos: Protos, name: string): Type {
  const found = protos.lookup(`.${name}`)
  if (found && 'fieldsArray' in found) return found as Type
  throw new UnknownMethod(`the protos have no message ${name}`)
}

function servicesOf(space: NamespaceBase): Service[] {
  return space.nestedArray.flatMap((member) => (isService(member) ? [member] : isSpace(member) ? servicesOf(member) : []))
}

function isService(member: ReflectionObject): member is Service {
  return 'methodsArray' in member
}

function isSpace(member: ReflectionObject): member is NamespaceBase {
  return 'nestedArray' in member
}

function fullName({ fullName: name }: ReflectionObject): string {
  return name.replace(/^\./, '')
}

function serviceNames(protos: Protos): string[] {
  return servicesOf(protos).map(fullName)
}

function suggestion(word: string, names: readonly string[]): string {
  const near = nearest(word, names)
  return near === undefined ? `; there is ${names.slice(0, 8).join(', ') || 'none'}` : `; did you mean ${near}?`
}
