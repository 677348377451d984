/** Pauses after rate limits: with `onRateLimit: pause`, no user sends to a target until the wait that it asked for is over. */
import { wallNow } from '../../../clock.ts'
import { readRateLimits } from '../../../dialects/parts/rate-limits.ts'
import type { Exchange } from '../../../exchange.ts'
import { mentionsLimits, type RateLimitRecorder } from '../../../metrics/counts/rate-limits.ts'
import type { PlannedTarget } from '../../../scenario/compile/plan.ts'
import { askedMs, isRateLimit } from './retry.ts'

/** How long to wait, in ms, when the target does not say how long; `MAX_MS` is the longest wait that is accepted. */
const USUAL_MS = 1000
const MAX_MS = 300_000

/** Stores, for each target with `onRateLimit: pause`, the time until which no request may be sent, because a reply reported a rate limit. */
export class Quotas {
  private readonly targets: readonly Pick<PlannedTarget, 'onRateLimit'>[]
  /** For each target, by its index, when the wait ends (monotonic ms). */
  private readonly until: number[] = []

  constructor(targets: readonly Pick<PlannedTarget, 'onRateLimit'>[]) {
    this.targets = targets
  }

  /** Notes how long to wait if a reply reports a rate limit. `target` is the target's index in the plan. */
  onReply(target: number, exchange: Exchange): void {
    if (this.targets[target]?.onRateLimit !== 'pause' || !isRateLimit(exchange)) return
    const waitMs = Math.min(askedMs(exchange, wallNow()) ?? USUAL_MS, MAX_MS)
    this.until[target] = Math.max(this.freeAt(target), exchange.endedAt + waitMs)
  }

  /** Returns the time (monotonic ms) from which requests may be sent to the target; −Infinity when none asked to wait. */
  freeAt(target: number): number {
    return this.until[target] ?? Number.NEGATIVE_INFINITY
  }
}

/**
 * Adds the rate limits that the headers of a reply report to `recorder`, which collects them for the result. Does nothing for a reply that reports
 * none and was not refused because of one.
 */
export function noteRateLimits(exchange: Exchange, recorder: RateLimitRecorder | undefined): void {
  const { headers, failure } = exchange
  if (!mentionsLimits(headers) && failure?.retryAfterMs === undefined && !exchange.hasFailedBy('rate_limit')) return
  const limits = readRateLimits(headers, wallNow())
  const retryAfterMs = limits.retryAfterMs ?? failure?.retryAfterMs ?? null
  recorder?.add({ ...limits, retryAfterMs }, exchange.hasFailedBy('rate_limit'))
}
