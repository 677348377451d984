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
 * Returns the number of iterations of a phase: exact if the iterations can be counted, otherwise the expected number; 0 for a closed phase that only
 * has a duration. Every process that takes part in a run gets the same number.
 */
export function iterationsInPhase(load: Load, seed: string, phase: number): number {
  return countOf(load, seed, phase) ?? (load.model === 'open' ? Math.round(load.countAt(load.lengthMs)) : 0)
}

/**
 * Returns how many iterations of a plan are due from `fromMs` until `toMs` (ms since the run began). Undefined when the plan does not fix this
 * number, because iterations start whenever earlier ones end. Also undefined when there are too many to count.
 */
export function iterationsDue({ phases, seed }: Pick<Plan, 'phases' | 'seed'>, fromMs: number, toMs: number): number | undefined {
  let due = 0
  let startMs = 0
  for (const [index, { load }] of phases.entries()) {
    const isPause = load.model === 'closed' && load.maxUsers === 0
    // Such a phase ends with its iterations, so that nobody knows when the next one begins.
    if (load.model === 'closed' && (load.sharedIterations ?? load.iterationsPerUser) !== undefined) return undefined
    const endMs = startMs + (load.lengthMs ?? 0)
    if (endMs > fromMs && startMs < toMs && !isPause) {
      if (load.model === 'closed') return undefined
      const count = arrivalsOf(load.arrivals(createRandom(seed, 'arrivals', index)), fromMs - startMs, toMs - startMs)
      if (count === undefined) return undefined
      due += count
    }
    startMs = endMs
  }
  return due
}

/** Counts the arrivals from `fromMs` until `toMs`, in ms since the phase began; undefined when too many would have to be gone through. */
function arrivalsOf(arrivals: Iterator<number, undefined>, fromMs = 0, toMs = Number.POSITIVE_INFINITY): number | undefined {
  let count = 0
  let seen = 0
  for (let next = arrivals.next(); !next.done && next.value < toMs; next = arrivals.next()) {
    if (next.value >= fromMs) count += 1
    seen += 1
    if (seen > MAX_COUNTED) return undefined
  }
  return count
}
