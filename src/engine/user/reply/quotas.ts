/** Pauses after rate limits: with `onRateLimit: pause`, no user sends to a target until the wait that it asked for is over. */
import type { Exchange } from '../../../exchange.ts'
import type { PlannedTarget } from '../../../scenario/compile/plan.ts'
import { askedMs, isRateLimit } from './retry.ts'

/** Wait when a target does not say how long, and the longest that is believed, in ms. */
const USUAL_MS = 1000
const MAX_MS = 300_000

/** Knows for each target until when no request may be sent, because a rate limit asked to wait. */
export class Quotas {
  private readonly targets: readonly Pick<PlannedTarget, 'onRateLimit'>[]
  /** By target, on the monotonic clock. */
  private readonly until: number[] = []

  constructor(targets: readonly Pick<PlannedTarget, 'onRateLimit'>[]) {
    this.targets = targets
  }

  /** Looks at a reply for a rate limit. `target` is an index, `nowEpochMs` the wall clock. */
  onReply(target: number, exchange: Exchange, nowEpochMs: number): void {
    if (this.targets[target]?.onRateLimit !== 'pause' || !isRateLimit(exchange)) return
    const waitMs = Math.min(askedMs(exchange, nowEpochMs) ?? USUAL_MS, MAX_MS)
    this.until[target] = Math.max(this.freeAt(target), exchange.endedAt + waitMs)
  }

  /** From when on requests may be sent to the target, on the monotonic clock. */
  freeAt(target: number): number {
    return this.until[target] ?? Number.NEGATIVE_INFINITY
  }
}
