/** How calls end: statuses by name, and what the library's own words about a broken connection mean. */
import type { FailurePhase } from '../../errors.ts'
import type { Failure } from '../../exchange.ts'
import { classify, codeOf } from '../failures.ts'

/** Names of the statuses by number. */
export const STATUS_NAMES = [
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

export const OK = 0
export const CANCELLED = 1
const UNAVAILABLE = 14

/** How a call ended, as the library tells it: code and details may be anything, or missing. */
export interface CallStatus {
  readonly code?: unknown
  readonly details?: unknown
}

/** What went wrong with a call; `cause` is the class of the fault beneath the status, when there is one. */
export interface CallFailure {
  readonly class: string
  readonly message: string
  readonly cause?: string | undefined
}

/** A cause left out is found by the error code in the text. */
type Rule = readonly [pattern: RegExp, cause?: string]

/** Details that the library writes itself when the fault lies below gRPC. Anchored: a server may quote anything. */
const RULES: readonly Rule[] = [
  [/^Received HTTP status code \d+/, 'http_status'],
  [/^Received message (?:larger than max|that decompresses to a size larger)/, 'too_big'],
  [/^Connection dropped/, 'closed_early'],
  [/^Stream refused by server$/, 'refused_stream'],
  [/^Received RST_STREAM with code 0\b/, 'closed_early'],
  [/^Received RST_STREAM with code \d+/, 'reset'],
  [/^(?:No connection established\.|(?:read|write|connect) E|Write (?:error|failed))/],
]

/** The library names these for what it did about them. */
const BAD_ENCODING = /^Failed to decompress (?:gzip|deflate)-encoded message/

/** Judges a status; undefined for OK. */
export function failureOf({ code, details }: CallStatus): CallFailure | undefined {
  if (code === OK) return undefined
  const said = typeof details === 'string' ? details : ''
  const name = typeof code === 'number' ? STATUS_NAMES[code] : undefined
  if (name === undefined) return { class: 'bad_grpc', message: `the call ended without a valid status: ${oddStatus(code, said)}` }
  if (BAD_ENCODING.test(said)) return { class: 'bad_grpc', message: said, cause: 'bad_encoding' }
  return { class: `grpc_${name}`, message: said === '' ? name : said, cause: underlying(said) }
}

/** Whether the server gave the call back unread (REFUSED_STREAM, or a GOAWAY that leaves it out): no handler has seen it. */
export function isRefusal({ code, details }: CallStatus): boolean {
  return code === UNAVAILABLE && details === 'Stream refused by server'
}

/** What the library says when the whole connection broke, and not this call alone. Anchored: a server may quote anything. */
const LINK_LOSS = /^(?:Connection dropped|(?:read|write) E|Write (?:error|failed))/

/** Whether the call ended because its connection did. */
export function isLinkLoss({ code, details }: CallStatus): boolean {
  return code !== OK && typeof details === 'string' && LINK_LOSS.test(details)
}

/** The status number to show: undefined when what came is none. */
export function statusNumber(code: unknown): number | undefined {
  return typeof code === 'number' && STATUS_NAMES[code] !== undefined ? code : undefined
}

/** Names an error of the socket or of HTTP/2 upon it. */
export function socketFailure(error: Error, phase: FailurePhase): Failure {
  if (!codeOf(error)?.startsWith('ERR_HTTP2')) return classify(error, phase)
  return { class: 'bad_grpc', phase, message: `${error.message}: the target does not speak HTTP/2` }
}

/** Names a failed connection from the library's words, which are all it gives. */
export function connectFailure(details: string): Failure {
  const code = /\b(E[A-Z]{3,}|ERR_[A-Z0-9_]+)\b/.exec(details)?.[1]
  const said = /Last error: (?:Error: )?(.*?)(?: \(\d{4}-[^)]*\))?\. Resolution note/s.exec(details)?.[1] ?? details
  if (code !== undefined) return classify(Object.assign(new Error(said), { code }), 'connect')
  return { class: 'closed_early', phase: 'connect', message: `${said}: the target does not speak HTTP/2, or wants TLS` }
}

function underlying(details: string): string | undefined {
  const rule = RULES.find(([pattern]) => pattern.test(details))
  return rule && (rule[1] ?? connectFailure(details).class)
}

function oddStatus(code: unknown, said: string): string {
  const shown = code === undefined ? 'none' : String(code)
  return said === '' ? shown : `${shown}, ${said}`
}
