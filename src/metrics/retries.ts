/** What retries came to, over the measured phases. */
import type { RetrySummary } from '../result/schema.ts'

export class RetryRecorder {
  private attempts = 0
  private exchanges = 0
  private firstOk = 0
  private afterRetryOk = 0
  private longestWaitMs = 0
  private longestAskedMs: number | null = null

  /** One more try is about to be made after `waitedMs`; `askedMs` is what the target asked for. */
  retried(waitedMs: number, askedMs: number | null): void {
    this.attempts += 1
    this.longestWaitMs = Math.max(this.longestWaitMs, waitedMs)
    if (askedMs !== null) this.longestAskedMs = Math.max(this.longestAskedMs ?? 0, askedMs)
  }

  /** An exchange is over, after that many tries. */
  ended(ok: boolean, tries: number): void {
    this.exchanges += 1
    if (ok && tries === 1) this.firstOk += 1
    else if (ok) this.afterRetryOk += 1
  }

  /** Undefined when nothing was tried again. */
  read(): RetrySummary | undefined {
    const { attempts, exchanges, firstOk, afterRetryOk, longestWaitMs, longestAskedMs } = this
    if (attempts === 0) return undefined
    return { attempts, exchanges, firstOk, afterRetryOk, longestWaitMs, longestAskedMs }
  }
}
