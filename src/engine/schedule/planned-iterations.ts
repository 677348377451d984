import type { Load } from '../../load/executor.ts'
import { createRandom } from '../../random.ts'
import type { Plan } from '../../scenario/compile/plan.ts'

/** Largest number of arrivals that are counted one by one; the number of iterations of a larger phase counts as unknown. */
const MAX_COUNTED = 1_000_000

/** The counts so far, by plan: counting a million arrivals blocks the event loop for a tenth of a second, so that it is done once. */
const counted = new WeakMap<Plan, number | undefined>()

/** Returns the number of iterations in all phases of a plan; undefined when a phase has no fixed number, only a duration. */
export function plannedIterations(plan: Plan): number | undefined {
  if (!counted.has(plan)) counted.set(plan, countAll(plan))
  return counted.get(plan)
}

function countAll(plan: Plan): number | undefined {
  let sum = 0
  for (const [index, { load }] of plan.phases.entries()) {
    const count = countOf(load, plan.seed, index)
    if (count === undefined) return undefined
    sum += count
  }
  return sum
}

function countOf(load: Load, seed: string, phase: number): number | undefined {
  if (load.model === 'open' && load.trace) return load.trace.facts.requests
  if (load.model === 'open') return arrivalsOf(load.arrivals(createRandom(seed, 'arrivals', phase)))
  // A pause is a phase without users.
  if (load.maxUsers === 0) return 0
  return load.sharedIterations ?? (load.iterationsPerUser === undefined ? undefined : load.iterationsPerUser * load.maxUsers)
}

/**
 * Returns the number of iterations of a phase: the exact number if they can be counted, otherwise the expected number; 0 for a closed phase that only
 * has a duration. It is the same in every process of a run.
 */
export function iterationsInPhase(load: Load, seed: string, phase: number): number {
  return countOf(load, seed, phase) ?? (load.model === 'open' ? Math.round(load.countAt(load.lengthMs)) : 0)
}

function arrivalsOf(arrivals: Iterator<number, undefined>): number | undefined {
  let count = 0
  while (!arrivals.next().done) {
    count += 1
    if (count > MAX_COUNTED) return undefined
  }
  return count
}
