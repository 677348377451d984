/** Counts how often a server or machine answered, and decides whether that is enough to judge by. */

const MAX_ERROR = 300
/** How many questions in a row without an answer mean that the server has fallen silent. */
const SILENT_AFTER = 3

/**
 * Counts the questions to one server or machine, and those without an answer. One question is asked before the load and one after it; the others
 * are asked during the load.
 */
export class AnswerCounts {
  private asked = 0
  private unanswered = 0
  private error: string | null = null
  private isFirstAnswered = false
  /** Questions without an answer since the last answer. */
  private unansweredInARow = 0
  private askedUnderLoad = 0
  private answeredUnderLoad = 0

  /** Calls `ask` and counts the answer; when `ask` throws, the answer counts as missing. */
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

  /** The number of questions, the number without an answer, and why the last of these had none. */
  get counts(): { readonly asked: number; readonly failed: number; readonly error: string | null } {
    return { asked: this.asked, failed: this.unanswered, error: this.error }
  }

  /** Why there was no answer at all; null when there was one. */
  get silence(): string | null {
    return this.unanswered === this.asked ? this.error : null
  }

  /** True when the last questions, at least three, had no answer. */
  get isSilentNow(): boolean {
    return this.unansweredInARow >= SILENT_AFTER
  }

  /**
   * True when there are enough answers to judge by. For a metric that grows over the run (`isSum`), these are the first and the last answer. For
   * any other metric, at least half of the answers during the load are needed, because an overloaded server falls silent when its values are
   * worst.
   */
  isEnough(isSum: boolean): boolean {
    if (isSum) return this.isFirstAnswered && this.unansweredInARow === 0 && this.asked > 1
    return this.answeredUnderLoad > 0 && this.answeredUnderLoad * 2 >= this.askedUnderLoad
  }
}
