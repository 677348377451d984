import type { RetrySummary } from '../../result/schema.ts'

/** Counts the retries of a run: how many steps were ok at the first attempt, and how many only after retries. */
export class RetryRecorder {
  private readonly summary: { -readonly [Key in keyof RetrySummary]: RetrySummary[Key] } = {
    attempts: 0,
    exchanges: 0,
    firstOk: 0,
    afterRetryOk: 0,
    longestWaitMs: 0,
    longestAskedMs: null,
  }

  /** Counts a retry that began `waitedMs` after the failure. `askedMs` is the wait that the target asked for; null for none. */
  retried(waitedMs: number, askedMs: number | null): void {
    const { summary } = this
    summary.attempts += 1
    summary.longestWaitMs = Math.max(summary.longestWaitMs, waitedMs)
    if (askedMs !== null) summary.longestAskedMs = Math.max(summary.longestAskedMs ?? 0, askedMs)
  }

  /** Counts a retry that was not made because the retry budget was used up. */
  overBudget(): void {
    this.summary.overBudget = (this.summary.overBudget ?? 0) + 1
  }

  /** Counts a step that ended after `tries` attempts; `ok` says whether the last one succeeded. */
  ended(ok: boolean, tries: number): void {
    this.summary.exchanges += 1
    if (ok && tries === 1) this.summary.firstOk += 1
    else if (ok) this.summary.afterRetryOk += 1
  }

  /** Returns the summary of retries for the result; undefined when there were no retries. */
  read(): RetrySummary | undefined {
    return this.summary.attempts + (this.summary.overBudget ?? 0) === 0 ? undefined : { ...this.summary }
  }
}
