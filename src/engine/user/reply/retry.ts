/** Decides what to do after a failed attempt, and how long to wait before a retry. */
import { type RateLimits, readRateLimits } from '../../../dialects/parts/rate-limits.ts'
import { isInjected } from '../../../errors.ts'
import type { Exchange } from '../../../exchange.ts'
import { isOutOfCredit } from '../../../metrics/failures/failure-kinds.ts'
import type { Random } from '../../../random.ts'
import type { ErrorAction, ErrorPolicy } from '../../../scenario/compile/plan.ts'
import type { RetryPolicy } from '../../../scenario/schema/errors.ts'

interface RetryDecision {
  readonly action: ErrorAction
  readonly retry: RetryPolicy
}

/** The failure class that `onError` rules and notes of a result use for an account without credit. The name is OpenAI's error code. */
export const NO_QUOTA = 'insufficient_quota'

/**
 * Returns what a user does after a failed attempt (retry, skip the step, stop …): the action of the first `onError` rule that fits. If no rule fits,
 * an account without credit ends the run, and any other failure gets the default action. A retry without credit would be useless, so the step is
 * skipped instead.
 */
export function decide(policy: ErrorPolicy, exchange: Exchange): RetryDecision {
  const { class: failureClass = '', code = '' } = exchange.failure ?? {}
  const status = exchange.status ?? 0
  const hasNoCredit = isOutOfCredit(exchange)
  const rule = policy.rules.find(
    ({ statuses, classes, codes }) =>
      statuses.includes(status) ||
      classes.includes(failureClass) ||
      (hasNoCredit && classes.includes(NO_QUOTA)) ||
      (isInjected(exchange.failure) && classes.includes(code)) ||
      codes.some((one) => hasCode(one, exchange)),
  )
  const action = rule?.do ?? (hasNoCredit ? 'stop' : policy.default)
  const hopeless = action === 'retry' && hasNoCredit
  return { action: hopeless ? 'skip' : action, retry: rule?.retry ?? policy.retry }
}

/** Returns why a failed attempt stopped the run, for notes of the result: its failure class, or `NO_QUOTA` for an account without credit. */
export const reasonToStop = (exchange: Exchange): string => (isOutOfCredit(exchange) ? NO_QUOTA : (exchange.failure?.class ?? ''))

/** Prefixes of failure classes of the protocols that have status codes of their own, such as `grpc_UNAVAILABLE`. */
const CODED = ['grpc_', 'ws_close_', 'mqtt_'] as const

/** Returns whether an attempt failed with a code, such as `503`, `UNAVAILABLE` or an error code of the API, as an `onError` rule names it. */
function hasCode(code: string, { failure, status }: Exchange): boolean {
  if (failure?.code === code || String(status) === code) return true
  // For an injected failure, the code holds the class that the failure imitates.
  const failureClass = isInjected(failure) ? failure?.code : failure?.class
  return CODED.some((prefix) => failureClass === prefix + code)
}

/** True when the target refused a request because of a rate limit, so that the request may succeed after a wait. */
export function isRateLimit(exchange: Exchange): boolean {
  return exchange.hasFailedBy('rate_limit') || exchange.status === 429
}

/**
 * Returns how long the target asks burn to wait, in ms, as stated by Retry-After, the error body or the rate-limit headers; null when it states
 * nothing. `nowEpochMs` is the time in ms since 1970.
 */
export function askedMs(exchange: Exchange, nowEpochMs: number): number | null {
  const limits = readRateLimits(exchange.headers, nowEpochMs)
  return limits.retryAfterMs ?? exchange.failure?.retryAfterMs ?? (isRateLimit(exchange) ? resetMs(limits) : null)
}

/** Time until the last of the used-up limits resets, in ms; that of the request limit when none is reported as used up. */
function resetMs(limits: RateLimits): number | null {
  const used = [
    [limits.remainingRequests, limits.resetRequestsMs],
    [limits.remainingTokens, limits.resetTokensMs],
    [limits.remainingInputTokens, limits.resetInputTokensMs],
    [limits.remainingOutputTokens, limits.resetOutputTokensMs],
  ] as const
  const resets = used.flatMap(([remaining, ms]) => (remaining === 0 && ms !== null ? [ms] : []))
  return resets.length > 0 ? Math.max(...resets) : limits.resetRequestsMs
}

/**
 * Returns the wait before retry `retryNumber` (from 1), in ms. It grows exponentially; with `policy.jitter` it is drawn at random between 0 and that
 * value. With `policy.retryAfter` it is at least `askedMs`, the wait that the target asks for. It is never longer than `policy.maxDelay`.
 */
export function waitMs(policy: RetryPolicy, retryNumber: number, askedMs: number | null, random: Random): number {
  const backoff = Math.min(policy.maxDelay, policy.delay * policy.multiplier ** (retryNumber - 1))
  const drawn = policy.jitter ? random.next() * backoff : backoff
  return policy.retryAfter && askedMs !== null ? Math.min(policy.maxDelay, Math.max(drawn, askedMs)) : drawn
}
