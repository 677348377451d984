import { hostOf } from '../../../text/host.ts'
import type { TargetAddress } from '../../wire/connector.ts'
import type { GrpcOptions, GrpcStep } from './options.ts'

/**
 * A gRPC call that a step asks for: service, method, messages and metadata. The method is looked up in the .proto files only when the call is made.
 */
export interface GrpcRequest {
  /** Full name of the service; undefined when the scenario does not name it. */
  readonly service: string | undefined
  readonly method: string | undefined
  /** The request messages in the order of sending; exactly one, unless the method streams requests. */
  readonly messages: readonly unknown[]
  /** Metadata; names in lower case, values of names that end with -bin in base64. */
  readonly metadata: Readonly<Record<string, string>>
  /**
   * The number of replies that complete the call; undefined when the server's end of the call completes it. With `each`, a reply is awaited after
   * each request message.
   */
  readonly await: number | 'each' | undefined
  /** Why the call cannot be sent; undefined when it can. */
  readonly problem?: string | undefined
  /** Changes the bytes of the first message, for an injected fault; undefined: they stay as they are. */
  readonly alter?: (payload: Uint8Array) => Buffer | undefined
}

/** The parts of a gRPC address: host, port, whether it uses TLS, and the method in its path, if any. */
interface GrpcPlace {
  /** Host name or IP address, without brackets. */
  readonly host: string
  readonly port: number
  readonly secure: boolean
  /** The value of the header `:authority`, which names the server in each call. */
  readonly authority: string
  /** The service in the path `/pkg.Service/Method` of the address; undefined when the path names no method. */
  readonly service: string | undefined
  readonly method: string | undefined
}

const SECURE = new Set(['grpcs:', 'https:'])
const PLAIN = new Set(['grpc:', 'http:'])
const CALL_PATH = /^\/([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\/([A-Za-z_]\w*)$/
const KEY = /^[0-9a-z_.-]+$/
const PRINTABLE = /^[\x20-\x7e]*$/
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/
/** Names of gRPC metadata that the protocol sets itself, so that a scenario cannot set them. */
const RESERVED = new Set(['content-type', 'te', 'host', 'connection', 'transfer-encoding', 'user-agent'])

/**
 * Parses the address of a gRPC target, such as `grpcs://host:8443` or `http://host`. Returns its host, its port (80 or 443 by default), whether it
 * uses TLS, and the gRPC method in its path, if there is one. Undefined when the address has no host, or the scheme of another protocol.
 */
export function placeOf(address: string): GrpcPlace | undefined {
  const url = URL.parse(address)
  if (!url || url.hostname === '' || !(SECURE.has(url.protocol) || PLAIN.has(url.protocol))) return undefined
  const secure = SECURE.has(url.protocol)
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port)
  const { service, method } = methodOfPath(url.pathname) ?? {}
  return { host: hostOf(url), port, secure, authority: `${url.hostname}:${port}`, service, method }
}

/** Returns the service and method that the path of an address names, such as `/pkg.Service/Method`; undefined when it names none. */
export function methodOfPath(path: string): Pick<GrpcPlace, 'service' | 'method'> | undefined {
  const [, service, method] = CALL_PATH.exec(path) ?? []
  return service === undefined ? undefined : { service, method }
}

/** Returns the gRPC call for a `message` step. `body` is the message in the target's API format; it becomes the request message of the call. */
export function messageCall(body: unknown, address: TargetAddress, options: GrpcOptions): GrpcRequest {
  return assemble(address, options, { messages: [body] })
}

/** Returns the gRPC call that the `request:` block of a step describes. */
export function stepCall(step: GrpcStep, address: TargetAddress, options: GrpcOptions): GrpcRequest {
  const both = step.message !== undefined && step.messages !== undefined
  return assemble(address, options, {
    service: step.service,
    method: step.method,
    metadata: step.metadata,
    messages: step.messages ?? [step.message ?? {}],
    await: step.await,
    problem: both ? 'give message or messages, not both' : undefined,
  })
}

interface WrittenCall extends Pick<GrpcRequest, 'messages'> {
  readonly service?: string | undefined
  readonly method?: string | undefined
  readonly metadata?: GrpcStep['metadata']
  readonly await?: GrpcStep['await']
  readonly problem?: string | undefined
}

function assemble(address: TargetAddress, options: GrpcOptions, parts: WrittenCall): GrpcRequest {
  const place = placeOf(address.url)
  const metadata = merged(address.headers, parts.metadata ?? {})
  return {
    service: parts.service ?? options.service ?? place?.service,
    method: parts.method ?? options.method ?? place?.method,
    messages: parts.messages,
    metadata,
    await: parts.await,
    problem: parts.problem ?? addressProblem(address, place) ?? metadataProblem(metadata),
  }
}

function merged(headers: Readonly<Record<string, string>>, own: NonNullable<GrpcStep['metadata']>): Record<string, string> {
  const all = [...Object.entries(headers), ...Object.entries(own)]
  return Object.fromEntries(all.map(([name, value]) => [name.toLowerCase(), String(value)]))
}

function addressProblem(address: TargetAddress, place: GrpcPlace | undefined): string | undefined {
  if (!place) return `not an address of gRPC: ${address.url}; such as grpc://127.0.0.1:50051`
  return Object.keys(address.query).length > 0
    ? 'a gRPC call has no query parameters: send them as headers (metadata)'
    : undefined
}

function metadataProblem(metadata: Readonly<Record<string, string>>): string | undefined {
  for (const [name, value] of Object.entries(metadata)) {
    const problem = entryProblem(name, value)
    if (problem !== undefined) return problem
  }
  return undefined
}

/** Returns why an entry of gRPC metadata cannot be sent; undefined when it can. The text never contains `value`, which may be secret. */
export function entryProblem(given: string, value: string): string | undefined {
  const name = given.toLowerCase()
  if (!KEY.test(name)) return `not a metadata name: ${JSON.stringify(name)}`
  if (RESERVED.has(name) || name.startsWith('grpc-')) return `the metadata ${name} is set by the protocol and cannot be given`
  if (name.endsWith('-bin') ? BASE64.test(value) : PRINTABLE.test(value)) return undefined
  return `the metadata ${name} holds ${name.endsWith('-bin') ? 'something that is not base64' : 'more than printable ASCII'}`
}
