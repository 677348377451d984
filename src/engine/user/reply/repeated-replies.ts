/** Tells replies of one conversation that begin alike, one after the other: a model that is stuck repeats itself. */

/** As much of a reply as is compared. */
const BEGINNING = 100

export class Repeats {
  private iteration = -1
  private beginning = ''

  /** Whether this reply begins as the one before in the same iteration did; two that say nothing do not. */
  sees(iteration: number, text: string): boolean {
    const beginning = text.slice(0, BEGINNING)
    const repeats = beginning !== '' && iteration === this.iteration && beginning === this.beginning
    this.iteration = iteration
    this.beginning = beginning
    return repeats
  }
}
