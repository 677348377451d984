/** Rate limits that a target reported, over a whole run. */
import type { RateLimitSummary } from '../../result/schema.ts'

/** Rate limits reported by one reply; null for what it does not report. */
interface SeenLimits {
  readonly limitRequests: number | null
  readonly remainingRequests: number | null
  readonly limitTokens: number | null
  readonly remainingTokens: number | null
  readonly retryAfterMs: number | null
}

const NONE: RateLimitSummary = {
  replies: 0,
  limitRequests: null,
  minRemainingRequests: null,
  limitTokens: null,
  minRemainingTokens: null,
  limited: 0,
  maxRetryAfterMs: null,
}

const least = (a: number | null, b: number | null) => (a === null || b === null ? (a ?? b) : Math.min(a, b))
const most = (a: number | null, b: number | null) => (a === null || b === null ? (a ?? b) : Math.max(a, b))

/** True when the headers of a reply may report rate limits. This test is quick, so that headers are parsed only when needed. */
export function mentionsLimits(headers: Readonly<Record<string, string>>): boolean {
  for (const name in headers) if (name.includes('ratelimit') || name.startsWith('retry-after')) return true
  return false
}

/** Collects the rate limits that the replies of one target report. */
export class RateLimitRecorder {
  private summary = NONE

  /** Adds the rate limits that one reply reports. `limited` is true when the attempt failed because of them. */
  add(seen: SeenLimits, limited: boolean): void {
    const { summary } = this
    this.summary = {
      replies: summary.replies + 1,
      limitRequests: seen.limitRequests ?? summary.limitRequests,
      minRemainingRequests: least(summary.minRemainingRequests, seen.remainingRequests),
      limitTokens: seen.limitTokens ?? summary.limitTokens,
      minRemainingTokens: least(summary.minRemainingTokens, seen.remainingTokens),
      limited: summary.limited + (limited ? 1 : 0),
      maxRetryAfterMs: most(summary.maxRetryAfterMs, seen.retryAfterMs),
    }
  }

  /** Returns the summary of all rate limits for the result; undefined when no reply reported any. */
  read(): RateLimitSummary | undefined {
    return this.summary.replies === 0 ? undefined : this.summary
  }
}
