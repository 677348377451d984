/** Counts how often a server or machine answered, and decides whether that is enough to evaluate its values. */

const MAX_ERROR = 300
/** The number of unanswered requests in a row after which a server counts as silent. */
const SILENT_AFTER = 3

/**
 * Counts burn's requests to the metrics endpoint of a server or machine, and how many got no usable answer: none in time, an error, or one without
 * metrics. Requests are made before, during and after the load.
 */
export class AnswerCounts {
  private asked = 0
  private unanswered = 0
  private error: string | null = null
  private isFirstAnswered = false
  /** Number of requests in a row that had no answer; 0 after an answer. */
  private unansweredInARow = 0
  private askedUnderLoad = 0
  private answeredUnderLoad = 0

  /** Calls `ask`, which makes one request, and counts the answer. If `ask` throws, the answer counts as missing. */
  async count(isLoaded: boolean, ask: () => Promise<void>): Promise<void> {
    this.asked += 1
    if (isLoaded) this.askedUnderLoad += 1
    try {
      await ask()
      this.answered(isLoaded)
    } catch (error) {
      this.unanswered += 1
      this.unansweredInARow += 1
      this.error = (error instanceof Error ? error.message : String(error)).slice(0, MAX_ERROR)
    }
  }

  private answered(isLoaded: boolean): void {
    if (this.asked === 1) this.isFirstAnswered = true
    if (isLoaded) this.answeredUnderLoad += 1
    this.unansweredInARow = 0
  }

  /** The number of requests, the number without an answer, and why the last of these had none. */
  get counts(): { readonly asked: number; readonly failed: number; readonly error: string | null } {
    return { asked: this.asked, failed: this.unanswered, error: this.error }
  }

  /** Why no request had an answer; null when at least one had. */
  get silence(): string | null {
    return this.unanswered === this.asked ? this.error : null
  }

  /** True when the last three or more requests had no answer. */
  get isSilentNow(): boolean {
    return this.unansweredInARow >= SILENT_AFTER
  }

  /**
   * True when there are enough answers to evaluate a metric. For a metric that grows over the run (`isSum`), these are the first and the last answer.
   * For any other metric, at least half of the answers during the load are needed, because an overloaded server falls silent when its values are
   * worst.
   */
  isEnough(isSum: boolean): boolean {
    if (isSum) return this.isFirstAnswered && this.unansweredInARow === 0 && this.asked > 1
    return this.answeredUnderLoad > 0 && this.answeredUnderLoad * 2 >= this.askedUnderLoad
  }
}
