import type { RetrySummary } from '../../result/schema.ts'

/** Counts retries, and steps that succeeded or failed after them. */
export class RetryRecorder {
  private readonly summary: { -readonly [Key in keyof RetrySummary]: RetrySummary[Key] } = {
    attempts: 0,
    exchanges: 0,
    firstOk: 0,
    afterRetryOk: 0,
    longestWaitMs: 0,
    longestAskedMs: null,
  }

  /** Counts a retry made after `waitedMs`; `askedMs` is the wait that the target asked for, null for none. */
  retried(waitedMs: number, askedMs: number | null): void {
    const { summary } = this
    summary.attempts += 1
    summary.longestWaitMs = Math.max(summary.longestWaitMs, waitedMs)
    if (askedMs !== null) summary.longestAskedMs = Math.max(summary.longestAskedMs ?? 0, askedMs)
  }

  /** Counts a step that ended after `tries` attempts. */
  ended(ok: boolean, tries: number): void {
    this.summary.exchanges += 1
    if (ok && tries === 1) this.summary.firstOk += 1
    else if (ok) this.summary.afterRetryOk += 1
  }

  /** The summary for the result; undefined when there were no retries. */
  read(): RetrySummary | undefined {
    return this.summary.attempts === 0 ? undefined : { ...this.summary }
  }
}
