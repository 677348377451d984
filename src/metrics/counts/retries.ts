/** What retries came to, over the measured phases. */
import type { RetrySummary } from '../../result/schema.ts'

/** Counts tries beyond the first, and how exchanges ended that had them. */
export class RetryRecorder {
  private readonly summary: { -readonly [Key in keyof RetrySummary]: RetrySummary[Key] } = {
    attempts: 0,
    exchanges: 0,
    firstOk: 0,
    afterRetryOk: 0,
    longestWaitMs: 0,
    longestAskedMs: null,
  }

  /** One more try is about to be made after `waitedMs`; `askedMs` is what the target asked for. */
  retried(waitedMs: number, askedMs: number | null): void {
    const { summary } = this
    summary.attempts += 1
    summary.longestWaitMs = Math.max(summary.longestWaitMs, waitedMs)
    if (askedMs !== null) summary.longestAskedMs = Math.max(summary.longestAskedMs ?? 0, askedMs)
  }

  /** An exchange is over, after that many tries. */
  ended(ok: boolean, tries: number): void {
    this.summary.exchanges += 1
    if (ok && tries === 1) this.summary.firstOk += 1
    else if (ok) this.summary.afterRetryOk += 1
  }

  /** Undefined when nothing was tried again. */
  read(): RetrySummary | undefined {
    return this.summary.attempts === 0 ? undefined : { ...this.summary }
  }
}
