/** The attempts with the largest values, kept while a run goes on: which of them stand out is known only at its end. */

/** An attempt with its value, and where it is found in the journal. */
interface WorstAttempt {
  readonly value: number
  readonly user: number
  readonly iteration: number
  readonly attempt: number
  /** When it ended, on the monotonic clock in ms. */
  readonly endedAt: number
}

const MAX_KEPT = 5

/** Keeps the five attempts with the largest values. */
export class Worst {
  private readonly kept: WorstAttempt[] = []
  /** The smallest value that is kept, when no more fit. */
  private least = Number.NEGATIVE_INFINITY

  /** Adds an attempt, if its value is among the largest. */
  offer(value: number, endedAt: number, user: number, iteration: number, attempt: number): void {
    if (value <= this.least) return
    let at = this.kept.length
    while (at > 0 && (this.kept[at - 1]?.value ?? value) < value) at -= 1
    this.kept.splice(at, 0, { value, user, iteration, attempt, endedAt })
    if (this.kept.length > MAX_KEPT) this.kept.pop()
    if (this.kept.length === MAX_KEPT) this.least = this.kept[MAX_KEPT - 1]?.value ?? this.least
  }

  /** Returns the attempts with a value above `limit`, the largest first. */
  above(limit: number): WorstAttempt[] {
    return this.kept.filter(({ value }) => value > limit)
  }
}
