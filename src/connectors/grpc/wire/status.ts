/**
 * Decides how gRPC calls end, from trailers, headers, a reset or a lost connection. @see gRPC over HTTP/2: Responses, Errors, HTTP2 Transport Mapping
 */
import { constants } from 'node:http2'
import { isInjected } from '../../../errors.ts'
import type { Failure, Headers } from '../../../exchange.ts'
import { classify, codeOf } from '../../wire/failures.ts'
import { http2Code } from '../../wire/http2-codes.ts'
import { retryDelayMs } from './retry-info.ts'

/** The names of gRPC statuses by number. */
const STATUS_NAMES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const

/** The number of the gRPC status OK. */
export const OK = 0

/** Why a gRPC call failed: a failure class and a message. `cause` is the class of the HTTP or connection failure that led to it, if there is one. */
export interface CallFailure {
  readonly class: string
  readonly message: string
  readonly cause?: string | undefined
  /** Wait in ms before a retry that the server asked for; undefined when it asked for none. */
  readonly retryAfterMs?: number | undefined
}

/** What is known about a gRPC call that has ended, from which its status is decided. */
interface CallEnd {
  /** Headers of the reply; undefined when none came. */
  readonly head: Headers | undefined
  readonly httpStatus: number
  /** Trailers; in a reply without messages, its only headers. Undefined when none came. */
  readonly trailers: Headers | undefined
  /** HTTP/2 error code with which the stream was reset; 0 when it was not. */
  readonly rstCode: number
  /** True when the reply ended in the middle of a message. */
  readonly insideMessage: boolean
}

/** The gRPC statuses for HTTP statuses, used when the server sends none. */
const FROM_HTTP: Readonly<Record<number, string>> = {
  400: 'INTERNAL',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'UNIMPLEMENTED',
  429: 'UNAVAILABLE',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'UNAVAILABLE',
}

/** The gRPC statuses for resets of a stream; any other code is INTERNAL. */
const FROM_RESET: Readonly<Record<number, string>> = {
  [constants.NGHTTP2_REFUSED_STREAM]: 'UNAVAILABLE',
  [constants.NGHTTP2_CANCEL]: 'CANCELLED',
  [constants.NGHTTP2_ENHANCE_YOUR_CALM]: 'RESOURCE_EXHAUSTED',
  [constants.NGHTTP2_INADEQUATE_SECURITY]: 'PERMISSION_DENIED',
}

/** Returns the failure of a gRPC call that has ended; undefined when it ended with status OK and its reply is complete gRPC. */
export function failureOf(end: CallEnd): CallFailure | undefined {
  if (end.trailers?.['grpc-status'] !== undefined) return statusFailure(end, end.trailers['grpc-status'])
  if (!end.head) return resetFailure(end.rstCode)
  if (end.httpStatus !== 200) {
    const name = FROM_HTTP[end.httpStatus] ?? 'UNKNOWN'
    return {
      class: `grpc_${name}`,
      message: `the reply has HTTP status code ${end.httpStatus} and no grpc-status`,
      cause: 'http_status',
    }
  }
  return notGrpc(end.head) ?? resetFailure(end.rstCode)
}

/** Returns the failure for the `grpc-status` of a reply; undefined when it is OK. A status that is not digits only is a failure too. */
function statusFailure(end: CallEnd, text: string): CallFailure | undefined {
  const code = statusCode(text)
  const name = code === undefined ? undefined : STATUS_NAMES[code]
  const said = percentDecoded(end.trailers?.['grpc-message'] ?? '')
  if (name === undefined) {
    const shown = said === '' ? JSON.stringify(text) : `${JSON.stringify(text)}, ${said}`
    return { class: 'bad_grpc', message: `the call ended without a valid status: grpc-status is ${shown}` }
  }
  if (code !== OK)
    return { class: `grpc_${name}`, message: said === '' ? name : said, retryAfterMs: retryDelayMs(end.trailers ?? {}) }
  if (end.head) return notGrpc(end.head) ?? insideMessage(end)
  return insideMessage(end)
}

function insideMessage(end: CallEnd): CallFailure | undefined {
  if (!end.insideMessage) return undefined
  return { class: 'bad_grpc', message: 'the call ended with status OK in the middle of a message' }
}

/** True when the content type of a reply says that it is gRPC: `application/grpc` or a variant of it. */
export function isGrpc(head: Headers): boolean {
  return /^application\/grpc(?:[+;]|$)/i.test(head['content-type'] ?? '')
}

function notGrpc(head: Headers): CallFailure | undefined {
  const type = head['content-type']
  if (isGrpc(head)) return undefined
  return { class: 'bad_grpc', message: `the reply is not gRPC: its content type is ${type ?? 'missing'}` }
}

function resetFailure(rstCode: number): CallFailure {
  if (rstCode === constants.NGHTTP2_NO_ERROR)
    return { class: 'grpc_INTERNAL', message: 'Call ended without gRPC status', cause: 'closed_early' }
  const status = FROM_RESET[rstCode] ?? 'INTERNAL'
  const refused = rstCode === constants.NGHTTP2_REFUSED_STREAM
  return {
    class: `grpc_${status}`,
    message: `RST_STREAM with code ${rstCode} (${http2Code(rstCode)})${adviceOf(rstCode)}`,
    cause: refused ? 'refused_stream' : 'reset',
  }
}

/** Returns the number of a gRPC status given as text; undefined when no status has that number. */
function statusCode(text: string): number | undefined {
  if (!/^\d+$/.test(text)) return undefined
  const code = Number(text)
  return STATUS_NAMES[code] === undefined ? undefined : code
}

/** Returns the gRPC status number that belongs to a failure; undefined when the failure is not a gRPC status. */
export function statusOf({ class: failureClass }: CallFailure): number | undefined {
  const code = STATUS_NAMES.findIndex((name) => failureClass === `grpc_${name}`)
  return code < 0 ? undefined : code
}

/**
 * Converts the failure of a connection to the failure of a gRPC call on it. The class becomes `grpc_UNAVAILABLE`, except after malformed bytes from
 * the server (`bad_grpc`), a failure of this machine (`local_…`) or an injected one (`injected_…`), which keep their class.
 */
export function brokenBy(failure: Failure): CallFailure {
  if (failure.class === 'bad_grpc') return { class: 'bad_grpc', message: failure.message }
  return { class: unavailable(failure), message: failure.message, cause: failure.class }
}

/**
 * Returns the failure class of a gRPC call whose connection has failed: `grpc_UNAVAILABLE`. The class of a failure of this machine (`local_…`) or of
 * an injected failure (`injected_…`) is returned unchanged.
 */
export function unavailable({ class: failureClass }: Pick<Failure, 'class'>): string {
  return failureClass.startsWith('local_') || isInjected({ class: failureClass }) ? failureClass : 'grpc_UNAVAILABLE'
}

/**
 * Returns the message of a gRPC failure, with the class of its cause in front, as in `reset: …`. Without a cause, or when the failure has that class
 * itself, the message stays as it is.
 */
export function messageWithCause(failureClass: string, message: string, cause: string | undefined): string {
  return cause === undefined || cause === failureClass ? message : `${cause}: ${message}`
}

/** The error code and reason text of a GOAWAY frame, with which a server ends an HTTP/2 connection. */
export interface Goaway {
  readonly code: number
  /** The reason in the GOAWAY; '' when there is none. */
  readonly said: string
}

/**
 * Returns the failure that explains why an HTTP/2 connection for gRPC ended: the server's GOAWAY if it has an error code, or else `error`, the error
 * of the connection. Without an error, the failure is that the server closed the connection.
 */
export function connectionFailure(error: unknown, goaway: Goaway | undefined): Failure {
  if (goaway && goaway.code !== constants.NGHTTP2_NO_ERROR) {
    const said = goaway.said === '' ? '' : ` (${goaway.said})`
    const message = `the server ended the connection: GOAWAY ${http2Code(goaway.code)}${said}${adviceOf(goaway.code, goaway.said)}`
    return { class: 'reset', phase: 'stream', message }
  }
  if (error === undefined || error === null)
    return { class: 'closed_early', phase: 'stream', message: 'Connection dropped: the server closed it under its calls' }
  const code = codeOf(error)
  if (code?.startsWith('ERR_HTTP2')) {
    const said = error instanceof Error ? error.message : String(error)
    return { class: 'bad_grpc', phase: 'stream', message: `the server broke the rules of HTTP/2: ${said}`, code }
  }
  return classify(error, 'stream')
}

/**
 * Returns the failure (class, stage and message) of an HTTP/2 connection for gRPC that ended before it was ready for calls. `error` is the error of
 * the connection; without one, the failure is that the connection was closed early.
 */
export function startFailure(error: unknown): Failure {
  const code = codeOf(error)
  if (error === undefined || error === null)
    return {
      class: 'closed_early',
      phase: 'connect',
      message: 'the connection was closed before its first SETTINGS: the target does not speak HTTP/2, or wants TLS',
    }
  if (code?.startsWith('ERR_HTTP2')) {
    const said = error instanceof Error ? error.message : String(error)
    return { class: 'bad_grpc', phase: 'connect', message: `${said}: the target does not speak HTTP/2`, code }
  }
  return classify(error, 'connect')
}

/** Returns advice for the error code ENHANCE_YOUR_CALM, with which servers ask a client to slow down for several reasons; '' for other codes. */
function adviceOf(code: number, said = ''): string {
  if (code !== constants.NGHTTP2_ENHANCE_YOUR_CALM) return ''
  if (said.includes('too_many_pings'))
    return ': it gets keepalive pings too often; raise grpc.keepalive.every, or leave keepalive out'
  return ': it gets more from this client than it wants: pings, resets or requests'
}

/** Decodes the percent encoding of a `grpc-message`. Text that is not a valid escape stays as it is. */
function percentDecoded(text: string): string {
  if (!text.includes('%')) return text
  const bytes = text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
