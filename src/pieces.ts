/** Splits long work into small pieces, between which the event loop goes on. The work is a generator that stops after each piece. */
import { nextTurn, now } from './clock.ts'

/**
 * Long work that is done in pieces: a generator that pauses after each piece, so that other work can run and the event loop is not blocked. It
 * returns the result of the work. At each pause it yields a number: the estimated size of the piece, in units of some tens of nanoseconds.
 */
export type Pieces<T> = Generator<number, T, undefined>

/** The number of units of work in one turn of the event loop, which takes well below a millisecond. A single piece may be larger. */
const UNITS_PER_TURN = 4096

/** Runs a generator that does work in pieces (`Pieces`) to its end without a pause, and returns the result of the work. */
export function atOnce<T>(work: Pieces<T>): T {
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
  }
}

/** The outcome of work done by `inTurns`, and how long it took. */
interface InTurns<T> {
  readonly made: T
  /** How long the process was busy with the work in all turns together, in ms. */
  readonly busyMs: number
}

/**
 * Runs a generator that does work in pieces (`Pieces`) in short slices, one in each turn of the event loop. Resolves with the result of the work
 * (`made`) and the time for which the work kept the process busy (`busyMs`). If the work is ended from outside (`work.return(…)`), `made` is
 * undefined. Rejects with the error that the work throws.
 */
export async function inTurns<T>(work: Pieces<T>): Promise<InTurns<T>> {
  let busyMs = 0
  for (;;) {
    await new Promise<void>(nextTurn)
    const startedAt = now()
    for (let units = 0; units < UNITS_PER_TURN; ) {
      const step = work.next()
      if (step.done) return { made: step.value, busyMs: busyMs + now() - startedAt }
      units += step.value
    }
    busyMs += now() - startedAt
  }
}
