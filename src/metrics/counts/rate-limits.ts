/** What the target said about its limits, over a whole run. */
import type { RateLimitSummary } from '../../result/schema.ts'

/** What one reply says; null for what it does not. */
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

/** Whether a reply says anything about limits; asked before its headers are read in full. */
export function mentionsLimits(headers: Readonly<Record<string, string>>): boolean {
  for (const name in headers) if (name.includes('ratelimit') || name.startsWith('retry-after')) return true
  return false
}

/** Adds up what the replies of one target say about its limits. */
export class RateLimitRecorder {
  private summary = NONE

  /** Adds what one reply said. `limited`: the attempt failed for it. */
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

  /** Undefined when no reply said anything. */
  read(): RateLimitSummary | undefined {
    return this.summary.replies === 0 ? undefined : this.summary
  }
}
