/** Counts of the iterations of the measured phases by how they ended; without warm-ups. */

/**
 * How an iteration ended. `expired` means that it took too long; `faulted`, that a template or a condition outside of any attempt failed; `injected`, that only attempts failed
 * which injected faults made fail; `dropped`, that `rateLimit` of the scenario kept back all of its attempts, so that nothing was sent.
 */
export type IterationOutcome = 'completed' | 'failed' | 'expired' | 'faulted' | 'injected' | 'cut' | 'dropped'

/** The counters of iterations, all at zero. `iterationsEnded` does not include iterations that the end of the run cut, or that never started. */
export const NO_ITERATIONS = {
  /** Iterations that completed or failed. */
  iterationsEnded: 0,
  /** Of those, the ones that failed in any way. */
  iterationsFailed: 0,
  /** Of those that failed, the ones that took too long. */
  iterationsExpired: 0,
  /** Of those that failed, the ones that a template or condition outside of any attempt ended. */
  iterationsFaulted: 0,
  /** Of those that failed, the ones that failed by injected faults alone. */
  iterationsInjected: 0,
  iterationsCut: 0,
}

/** How many iterations ended in which way. */
export type IterationCounters = typeof NO_ITERATIONS

/** Adds one iteration with this outcome to the counters. */
export function countIteration(counters: IterationCounters, outcome: IterationOutcome): void {
  if (outcome === 'dropped') return
  if (outcome === 'cut') counters.iterationsCut += 1
  else counters.iterationsEnded += 1
  if (outcome === 'completed' || outcome === 'cut') return
  counters.iterationsFailed += 1
  if (outcome === 'expired') counters.iterationsExpired += 1
  if (outcome === 'injected') counters.iterationsInjected += 1
  if (outcome === 'faulted') counters.iterationsFaulted += 1
}
