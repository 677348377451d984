/** Number of characters at the beginning of replies that are compared. */
const BEGINNING = 100

/**
 * Detects that a user got the same reply twice in a row within an iteration, which is a sign of a model that is stuck. Compares only the beginnings
 * of the replies.
 */
export class Repeats {
  private iteration = -1
  private beginning = ''

  /** True when this reply begins like the previous one of the same iteration; never true for an empty reply. */
  sees(iteration: number, text: string): boolean {
    const beginning = text.slice(0, BEGINNING)
    const repeats = beginning !== '' && iteration === this.iteration && beginning === this.beginning
    this.iteration = iteration
    this.beginning = beginning
    return repeats
  }
}
