import { encodeRequest } from './messages/codec.ts'
import { bundledProtos, findMethod, findService, loadProtos, type Method, type Protos, UnknownMethod } from './messages/protos.ts'
import type { GrpcOptions } from './options/options.ts'
import type { GrpcRequest } from './options/request.ts'

/** Asks the server for the .proto files that define a service (reflection). */
type Reflect = (service: string) => Promise<Protos>

const reflected = new Map<string, Promise<Protos>>()

/** Finds the gRPC methods that requests name: in .proto files, or by asking the server (reflection). A method that was found is remembered. */
export class Methods {
  private readonly protos: Protos
  private readonly reflects: boolean
  /** Names the server (its address), so that what one server reflects is not used for another. */
  private readonly server: string
  private readonly found = new Map<string, Method>()

  private constructor(protos: Protos, reflects: boolean, server: string) {
    this.protos = protos
    this.reflects = reflects
    this.server = server
  }

  /** Reads the .proto files that `options` name, or else burn's own. `server` is the target's address. @throws LocalError */
  static load(options: GrpcOptions, baseDir: string, server: string): Methods {
    if (options.proto === undefined) return new Methods(bundledProtos(), options.reflection, server)
    const files = typeof options.proto === 'string' ? [options.proto] : options.proto
    return new Methods(loadProtos(files, options.includeDirs, baseDir), false, server)
  }

  /** Returns the method that a request names; undefined when the server has to be asked for it. @throws UnknownMethod */
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

  /** Returns the method that a request names; asks the server if needed. @throws UnknownMethod, InvokeError */
  async find(request: GrpcRequest, reflect: Reflect): Promise<Method> {
    const known = this.known(request)
    if (known) return known
    // `known` has thrown for requests without names
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

/** Sent in place of a message that is empty, in which the injected fault finds nothing to change: bytes that are no valid protobuf. */
const BROKEN = Buffer.from([0xff])

/** Returns the request messages of a gRPC call as encoded bytes, one buffer for each. @throws UnknownMethod when they do not fit the method */
export function encodeMessages(method: Method, { messages, alter }: GrpcRequest): Buffer[] {
  if (!method.requestStream && messages.length !== 1)
    throw new UnknownMethod(`${method.path} takes one message, not ${messages.length}`)
  const bodies = messages.map((message) => encodeRequest(method, message))
  return alter === undefined ? bodies : bodies.map((body, index) => (index === 0 ? (alter(body) ?? BROKEN) : body))
}
