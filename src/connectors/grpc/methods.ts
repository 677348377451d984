/** Which method a request means: from the scenario's protos, those that burn brings, or the server's own. */
import type { PackageDefinition } from '@grpc/proto-loader'
import { lostField } from './fits.ts'
import type { GrpcOptions } from './options.ts'
import { bundledProtos, findMethod, findService, loadProtos, type Method, UnknownMethod } from './protos.ts'
import type { GrpcRequest } from './request.ts'

/** Asks the server for the protos of a service. */
export type Reflect = (service: string) => Promise<PackageDefinition>

const reflected = new Map<string, Promise<PackageDefinition>>()
/** Methods of which a message was looked at: the first one tells whether the scenario fits the proto. */
const checked = new WeakSet<Method>()

export class Methods {
  private readonly protos: PackageDefinition
  private readonly reflects: boolean
  /** Tells the servers of this process apart. */
  private readonly server: string
  private readonly found = new Map<string, Method>()

  private constructor(protos: PackageDefinition, reflects: boolean, server: string) {
    this.protos = protos
    this.reflects = reflects
    this.server = server
  }

  /** Reads what the options name. @throws LocalError when a file cannot be read */
  static async load(options: GrpcOptions, baseDir: string, server: string): Promise<Methods> {
    if (options.proto === undefined) return new Methods(await bundledProtos(), options.reflection, server)
    const files = typeof options.proto === 'string' ? [options.proto] : options.proto
    return new Methods(await loadProtos(files, options.includeDirs, baseDir), false, server)
  }

  /** The method, when it is known already. @throws UnknownMethod */
  known({ service, method }: GrpcRequest): Method | undefined {
    if (service === undefined || method === undefined)
      throw new UnknownMethod(
        `no ${service === undefined ? 'service' : 'method'} is named: set it in the grpc block of the target`,
      )
    const key = `${service}/${method}`
    const found = this.found.get(key)
    if (found) return found
    if (this.reflects && !findService(this.protos, service)) return undefined
    return this.keep(key, findMethod(this.protos, service, method))
  }

  /** The method, asked of the server if it must be; each service once for all users. @throws UnknownMethod, InvokeError */
  async find(request: GrpcRequest, reflect: Reflect): Promise<Method> {
    const known = this.known(request)
    if (known) return known
    // `known` has refused requests without names
    const [service, method] = [request.service ?? '', request.method ?? '']
    const key = `${this.server}/${service}`
    const asking = reflected.get(key) ?? reflect(service)
    reflected.set(key, asking)
    try {
      return this.keep(`${service}/${method}`, findMethod(await asking, service, method))
    } catch (error) {
      reflected.delete(key)
      throw error
    }
  }

  private keep(key: string, method: Method): Method {
    this.found.set(key, method)
    return method
  }
}

/** The messages as bytes. @throws UnknownMethod when they do not fit the method */
export function encodeMessages(method: Method, { messages }: GrpcRequest): Buffer[] {
  if (!method.requestStream && messages.length !== 1)
    throw new UnknownMethod(`${method.path} takes one message, not ${messages.length}`)
  const bodies = messages.map((message) => encode(method, message))
  const [first] = bodies
  if (first && !checked.has(method)) check(method, messages[0], first)
  return bodies
}

function encode(method: Method, message: unknown): Buffer {
  try {
    // The library looks at what it is given and throws when it is no object.
    return method.requestSerialize(message as object)
  } catch (error) {
    throw new UnknownMethod(`not a message of ${method.path}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function check(method: Method, message: unknown, bytes: Buffer): void {
  const lost = lostField(message, method.requestDeserialize(bytes))
  if (lost !== undefined) throw new UnknownMethod(`not a message of ${method.path}: ${lost}`)
  checked.add(method)
}
