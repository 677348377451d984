import type { Exchange, Headers } from '../../exchange.ts'
import { statusText } from '../../text/http-status.ts'
import { asArray, asObject, asString, type JsonObject, parseJson, sample, toText } from './json.ts'
import { readRetryInfo } from './rate-limits.ts'

/** An error that a provider reports. Fields that it leaves out are ''. */
interface ProviderError {
  readonly message: string
  readonly type: string
  readonly code: string
}

/** Matches the words that providers use for rate limits and used-up quotas. */
const RATE_LIMIT = /rate.?limit|too.?many.?requests|resource.?exhausted|insufficient_quota|quota.?exceeded|throttl|^429$/i

/** Returns the message, type and code of the error in a parsed reply body, in any form that providers use; undefined when there is none. */
export function readProviderError(body: unknown): ProviderError | undefined {
  const object = asObject(Array.isArray(body) ? body[0] : body)
  if (object === undefined) return undefined
  const inner = hasError(object.error) ? object.error : (asArray(object.errors)[0] ?? failedBase(object))
  if (hasError(inner)) return fromRecord(inner)
  if (object.message !== undefined) return fromRecord(object)
  return object.detail === undefined ? undefined : fromRecord(detailMessage(object.detail))
}

/** True when `value`, the member `error` of a reply, means an error. Null, false and '' mean none, because some servers send them in good replies. */
export function hasError(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && value !== ''
}

/**
 * Returns whether a JSON object in a reply is an error message by its form: it has a member `error` that is not empty, or its `type` or `object` is
 * `error`.
 */
export function isErrorRecord(json: JsonObject): boolean {
  return hasError(json.error) || json.object === 'error' || json.type === 'error'
}

/**
 * True when a JSON object reports a failure in members such as `error`, `status`, `type` or `code`. Call it only for objects without text or other
 * parts of a reply, because a good reply may have such members too.
 */
export function statesFailure(json: JsonObject): boolean {
  if (isErrorRecord(json) || json.success === false || asArray(json.errors).length > 0) return true
  const state = json.status ?? json.state
  if (isErrorCode(state) || FAILED_STATE.test(asString(state)) || ERROR_TYPE.test(asString(json.type ?? json.__type))) return true
  return isErrorCode(json.code) || isErrorCode(json.status_code) || failedBase(json) !== undefined
}

/** Returns the status record that MiniMax adds to each reply, if its code means an error (is not 0); else undefined. */
function failedBase(json: JsonObject): JsonObject | undefined {
  const base = asObject(json.base_resp)
  return typeof base?.status_code === 'number' && base.status_code !== 0 ? base : undefined
}

const FAILED_STATE = /^(error|failed|failure)$/i
const ERROR_TYPE = /(_error|Error|Exception)$/
/** True for a number that is an HTTP error status. */
const isErrorCode = (value: unknown) => typeof value === 'number' && value >= 400 && value < 600

/** Matches the finish reasons with which OpenRouter, vLLM (error), SGLang (abort), DeepSeek, Zhipu and Cohere report a failure. */
const FAILED_FINISH = /(^|_)(error|abort(ed)?|failed|cancelled|timeout)$|^error_|^insufficient_system_resource$/i

/** True when the finish reason of a reply, such as `error`, says that the generation failed. */
export function isFailedFinish(reason: unknown): boolean {
  return typeof reason === 'string' && FAILED_FINISH.test(reason)
}

/**
 * Fails an exchange (a request with its reply) because its finish reason `reason` says that the generation failed. `record` is the JSON object with
 * that reason; when it holds an error too, the failure quotes that error. Call this after the text of the same event was reported.
 */
export function rejectForFinish(reason: string, record: JsonObject, exchange: Exchange): void {
  if (hasError(record.error)) rejectForError(record, exchange)
  else exchange.reject('error_in_stream', `the reply ended with the finish reason ${sample(reason)}`)
}

/**
 * Stores a reply's finish reason on its exchange (request and reply), and fails the exchange if that reason means a failure. `record` is the JSON
 * object with the reason; an error in it is quoted in the failure.
 */
export function noteFinish(reason: string, record: JsonObject, exchange: Exchange): void {
  exchange.note({ finishReason: reason })
  if (isFailedFinish(reason)) rejectForFinish(reason, record, exchange)
}

/** Returns an error as one line with its message, type and code. The code tells a used-up quota from a temporary limit. */
function describeError(error: ProviderError): string {
  const marks = error.code === '' || error.code === error.type ? error.type : [error.type, error.code].filter(Boolean).join(', ')
  const message = error.message.slice(0, 1000)
  return message === '' ? marks : marks === '' ? message : `${message} (${marks})`
}

/**
 * Fails an exchange (request and reply) because its reply of status 200 holds an error: as `rate_limited` for a rate limit, else `error_in_stream`.
 */
export function rejectForError(json: unknown, exchange: Exchange): void {
  const error = readProviderError(json) ?? { message: toText(json), type: '', code: '' }
  const failureClass = isRateLimit(error) ? 'rate_limited' : 'error_in_stream'
  const waitMs = failureClass === 'rate_limited' ? readRetryInfo(json) : null
  exchange.reject(
    failureClass,
    `the reply holds an error: ${describeError(error)}${waitText(waitMs)}`,
    code(error),
    waitMs ?? undefined,
  )
}

/**
 * Fails an exchange (a request with its reply) because of the HTTP status of its reply. The class is `rate_limited` for 429, and for 503 with
 * `Retry-After`; otherwise `http_status`. The message quotes the provider's error: `found`, if the caller has read it already, or else the one in
 * `body`.
 */
export function failForStatus(status: number, headers: Headers, body: string, exchange: Exchange, found?: ProviderError): void {
  const parsed = parseJson(body)
  const error = found ?? (parsed.ok ? readProviderError(parsed.value) : undefined)
  const limited = status === 429 || (status === 503 && headers['retry-after'] !== undefined)
  const said = error === undefined ? body.slice(0, 200).replace(/\s+/g, ' ').trim() : describeError(error)
  const where = headers.location === undefined ? '' : ` to ${headers.location}`
  const waitMs = limited ? readRetryInfo(parsed.ok ? parsed.value : undefined) : null
  const message = `HTTP ${statusText(status)}${where}${said === '' ? '' : `: ${said}`}${waitText(waitMs)}`
  exchange.fail(limited ? 'rate_limited' : 'http_status', 'headers', message, error && code(error), waitMs ?? undefined)
}

const waitText = (waitMs: number | null) => (waitMs === null ? '' : `; retry after ${waitMs / 1000} s`)

function isRateLimit(error: ProviderError): boolean {
  return RATE_LIMIT.test(error.code) || RATE_LIMIT.test(error.type)
}

function code(error: ProviderError): string | undefined {
  const found = error.code === '' || /^\d+$/.test(error.code) ? error.type || error.code : error.code
  return found === '' ? undefined : found
}

function fromRecord(value: unknown): ProviderError {
  const record: JsonObject = asObject(value) ?? { message: value }
  return {
    message: toText(
      record.message ??
        record.msg ??
        record.detail ??
        record.status_msg ??
        (record.type === undefined && record.code === undefined ? record : ''),
    ).concat(usedUpQuotas(record)),
    type: toText(record.type ?? record.status),
    code: toText(record.code),
  }
}

/** Returns the names of the used-up quotas in an error of Google (`google.rpc.QuotaFailure`), as the end of an error message; '' for none. */
function usedUpQuotas(record: JsonObject): string {
  const violations = asArray(record.details).flatMap((detail) => asArray(asObject(detail)?.violations))
  const names = violations.map((violation) => asString(asObject(violation)?.quotaId)).filter((name) => name !== '')
  return names.length === 0 ? '' : `; quota: ${[...new Set(names)].slice(0, 5).join(', ')}`
}

/** Returns the message in the member `detail` of an error from FastAPI, which is a text or a list of `{ msg, loc }`. */
function detailMessage(detail: unknown): string {
  const first = asObject(asArray(detail)[0])
  return first === undefined ? toText(detail) : `${toText(first.msg)} at ${asArray(first.loc).join('.')}`
}
