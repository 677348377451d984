/** Characters of a reply that are compared. */
const BEGINNING = 100

/** Detects that a user gets the same reply again, by the beginning of its last reply: a sign of a model that is stuck. */
export class Repeats {
  private iteration = -1
  private beginning = ''

  /** Whether this reply begins like the one before in the same iteration; empty replies never do. */
  sees(iteration: number, text: string): boolean {
    const beginning = text.slice(0, BEGINNING)
    const repeats = beginning !== '' && iteration === this.iteration && beginning === this.beginning
    this.iteration = iteration
    this.beginning = beginning
    return repeats
  }
}
