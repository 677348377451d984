/** Keeps the attempts with the largest values while a run lasts. Which of them are anomalies is known only at its end. */
import type { AttemptPlace } from '../metrics/quality/measure.ts'
import { MAX_LISTED } from './noted.ts'

/** An attempt with its value, and the place of its line in the journal. */
interface WorstAttempt extends AttemptPlace {
  readonly value: number
}

/** Keeps the fifty attempts of one step with the largest values of one metric, as candidates for anomalies. */
export class Worst {
  private readonly kept: WorstAttempt[] = []
  /** The smallest value that is kept, once the list is full. */
  private least = Number.NEGATIVE_INFINITY

  /** Adds an attempt, if its value is among the largest. */
  offer(value: number, endedAt: number, user: number, iteration: number, attempt: number): void {
    if (value <= this.least) return
    let at = this.kept.length
    while (at > 0 && (this.kept[at - 1]?.value ?? value) < value) at -= 1
    this.kept.splice(at, 0, { value, user, iteration, attempt, endedAt })
    if (this.kept.length > MAX_LISTED) this.kept.pop()
    if (this.kept.length === MAX_LISTED) this.least = this.kept[MAX_LISTED - 1]?.value ?? this.least
  }

  /** Returns the kept attempts whose value meets `stands`, the largest first. */
  where(stands: (value: number) => boolean): WorstAttempt[] {
    return this.kept.filter(({ value }) => stands(value))
  }
}
