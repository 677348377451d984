/** How the iterations of the measured phases ended; those of a warm-up are not in it. */

/** How one iteration ended. `expired` and `faulted` are failures: it took too long, or a template or condition of it failed. */
export type IterationOutcome = 'completed' | 'failed' | 'expired' | 'faulted' | 'cut'

/** Counts for the rates of iterations: those that were cut, or never started, are in no rate. */
export interface IterationTally {
  /** Iterations that came to their end, good or bad. */
  ended: number
  /** Of those, the ones that failed in any way. */
  failed: number
  /** Of those that failed, the ones that took too long. */
  expired: number
  /** Of those that failed, the ones that a template or condition outside of any attempt ended. */
  faulted: number
  cut: number
}

/** A tally of nothing. */
export const noIterations = (): IterationTally => ({ ended: 0, failed: 0, expired: 0, faulted: 0, cut: 0 })

/** Counts one iteration. */
export function tallyIteration(tally: IterationTally, outcome: IterationOutcome): void {
  if (outcome === 'cut') tally.cut += 1
  else tally.ended += 1
  if (outcome === 'completed' || outcome === 'cut') return
  tally.failed += 1
  if (outcome !== 'failed') tally[outcome] += 1
}
