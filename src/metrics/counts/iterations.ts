/** Counts of the iterations of the measured phases by how they ended; without warm-ups. */

/**
 * The outcome of an iteration. `expired`: it took longer than allowed. `faulted`: a template or condition outside of any attempt failed. `injected`:
 * attempts failed, all of them because of injected faults. `dropped`: nothing was sent, because a limit of the scenario (such as `rateLimit`) or the
 * end of the run kept its attempts from starting. `cut`: the run ended first.
 */
export type IterationOutcome = 'completed' | 'failed' | 'expired' | 'faulted' | 'injected' | 'cut' | 'dropped'

/**
 * The counters of iterations at the start of a run: how many ended, how many failed and why, and how many were cut off by the end of the run, all 0.
 */
export const NO_ITERATIONS = {
  /** Iterations that completed or failed. */
  iterationsEnded: 0,
  /** Number of iterations that failed for any reason. */
  iterationsFailed: 0,
  /** Number of failed iterations that exceeded their time limit. */
  iterationsExpired: 0,
  /** Number of failed iterations that the error of a template or condition outside of any attempt ended. */
  iterationsFaulted: 0,
  /** Number of failed iterations that failed only because of injected faults. */
  iterationsInjected: 0,
  iterationsCut: 0,
}

/** The numbers of iterations by outcome, such as failed ones. */
export type IterationCounters = typeof NO_ITERATIONS

/** Adds one iteration with this outcome to the counters of iterations; one that was `dropped` is not counted. */
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
