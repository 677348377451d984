import type { LimiterSummary } from '../../result/schema.ts'
import { Histogram } from '../histogram/histogram.ts'

/**
 * Counts the attempts at one target that the scenario's `rateLimit` delayed or refused, and records how long they waited. Attempts of warm-ups count
 * too.
 */
export class LimiterRecorder {
  private readonly waits = new Histogram('ms')
  private readonly counts = { granted: 0, waited: 0, gaveUp: 0, dropped: 0, refused: 0 }
  private estimated = 0
  private used = 0

  /** Counts an attempt that `rateLimit` allowed after it waited `waitedMs`; 0 for no wait. */
  granted(waitedMs: number): void {
    this.counts.granted += 1
    if (waitedMs === 0) return
    this.counts.waited += 1
    this.waits.record(waitedMs)
  }

  /** Counts an attempt that still waited in the queue when the run or its iteration ended. */
  gaveUp(): void {
    this.counts.gaveUp += 1
  }

  /** Counts an attempt that `rateLimit` did not allow: `drop` when it is not made, `error` when it fails. */
  refused(how: 'drop' | 'error'): void {
    this.counts[how === 'drop' ? 'dropped' : 'refused'] += 1
  }

  /** Adds the tokens of an attempt: the estimate by which `rateLimit` allowed it, and the number that it used. */
  tokens(estimated: number, used: number): void {
    this.estimated += estimated
    this.used += used
  }

  /** Returns the counts for the result; undefined when no attempt was subject to the limit. */
  read(): LimiterSummary | undefined {
    const { granted, gaveUp, dropped, refused } = this.counts
    if (granted + gaveUp + dropped + refused === 0) return undefined
    return {
      ...this.counts,
      ...(this.waits.count > 0 ? { waitTime: this.waits.toDistribution() } : {}),
      ...(this.estimated > 0 ? { tokensEstimated: Math.round(this.estimated), tokensUsed: this.used } : {}),
    }
  }
}
