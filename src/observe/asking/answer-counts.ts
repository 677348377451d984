/** How often something that is asked beside the load answered, and whether that is enough to judge it. */

const MAX_ERROR = 300
/** So many questions in a row without an answer are more than one that was missed. */
const SILENT_AFTER = 3

/** Counts of the questions to one server or machine. Before the load and after it one is asked each; the others are under load. */
export class AnswerCounts {
  private asked = 0
  private unanswered = 0
  private error: string | null = null
  private isFirstAnswered = false
  /** Questions without an answer since the last answer. */
  private unansweredInARow = 0
  private askedUnderLoad = 0
  private answeredUnderLoad = 0

  /** Asks once and counts; what `ask` throws is an answer that did not come. */
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

  /** How many questions there were, how many without an answer, and why the last of those had none. */
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
   * True when there are enough answers to judge by. What grows over the run (`isSum`) takes the first question and the last. For anything
   * else at least half of the questions under load: a server that is overloaded falls silent when its figures are worst.
   */
  isEnough(isSum: boolean): boolean {
    if (isSum) return this.isFirstAnswered && this.unansweredInARow === 0 && this.asked > 1
    return this.answeredUnderLoad > 0 && this.answeredUnderLoad * 2 >= this.askedUnderLoad
  }
}
