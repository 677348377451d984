/** Kinds of failure that each protocol reports in its own way: time-outs, credentials that are missing or refused, requests that do not fit. */
import type { Exchange } from '../../exchange.ts'

const TIMEOUT_STATUSES: readonly number[] = [408, 504]
const AUTH_STATUSES: readonly number[] = [401, 403, 407]
/** HTTP statuses from 400 to 499 that do not say that the request is wrong: it came too early, took too long, or was one too many. */
const UNTIMELY: readonly number[] = [408, 425, 429]

/** True when an attempt failed by a time-out: a limit set in burn, or one that a target or gateway reports, such as status 408 or 504. */
export function isTimeout(exchange: Exchange): boolean {
  return exchange.hasFailedBy('timeout') || TIMEOUT_STATUSES.includes(failedStatus(exchange))
}

/** True when an attempt failed because of its credentials: status 401, 403 or 407, the same in another protocol, or a token that could not be fetched. */
export function isAuthFailure(exchange: Exchange): boolean {
  return exchange.hasFailedBy('auth') || AUTH_STATUSES.includes(failedStatus(exchange))
}

/**
 * True when the target rejected the request as wrong in itself or in the present state: by an HTTP status from 400 to 499 other than 408, 425 and
 * 429, or by a code of another protocol, such as gRPC's NOT_FOUND. The cause may be that an earlier request of the iteration was made to fail.
 */
export function isUnfit(exchange: Exchange): boolean {
  if (exchange.failure?.class !== 'http_status') return exchange.hasFailedBy('unfit')
  const status = failedStatus(exchange)
  return status >= 400 && status < 500 && !UNTIMELY.includes(status)
}

/** Error codes with which providers report an account without credit. */
const NO_CREDIT_CODES: readonly string[] = [
  'insufficient_quota',
  'billing_hard_limit_reached',
  'billing_not_active',
  'billing_error',
]
/**
 * Matches messages about an account without credit from providers that have no error code for it: Anthropic (status 400), DeepSeek and OpenRouter
 * (402).
 */
const NO_CREDIT = /\bcredit balance is too low\b|\bHTTP 402\b.{0,60}\binsufficient (?:balance|credits)\b/i

/**
 * The failure classes in whose messages burn looks for the reason that the target gave, such as that the account has no credit left. Messages of
 * other classes may quote any text from a reply.
 */
export const ANSWERED: readonly string[] = ['rate_limited', 'http_status', 'error_in_stream']

/** True when the account has no credit left, so that no later request with this account can succeed. */
export function isOutOfCredit({ failure }: Pick<Exchange, 'failure'>): boolean {
  if (failure === undefined) return false
  const { class: failureClass, code = '', message } = failure
  return NO_CREDIT_CODES.includes(code) || (ANSWERED.includes(failureClass) && NO_CREDIT.test(message))
}

/**
 * True when the message of a failure says that the account has no credit left. This is used for advice only, because any reply can contain such
 * words.
 */
export function saysNoCredit(message: string): boolean {
  return NO_CREDIT.test(message) || NO_CREDIT_CODES.some((code) => message.includes(code))
}

/** Returns the HTTP status of a failed attempt, including that of a refused upgrade to WebSocket; 0 when it has none. */
function failedStatus({ outcome, failure, status }: Exchange): number {
  if (outcome !== 'failed') return 0
  if (status !== undefined) return status
  return failure?.class === 'http_status' ? Number(/\b[345]\d\d\b/.exec(failure.message)?.[0] ?? 0) : 0
}
