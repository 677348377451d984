import type { ClosedLoad, OpenLoad } from '../../load/executor.ts'
import type { TraceFacts } from '../../load/trace/facts.ts'
import { createRandom } from '../../random.ts'
import type { Plan, PlannedPhase } from '../../scenario/compile/plan.ts'
import { exactly, type Range } from './range.ts'

/** The number of points in the curve of a phase. */
const SAMPLES = 40
/** The largest number of arrivals that are counted one by one; a larger number is computed from the rate. */
const MAX_COUNTED = 500_000

/** What one phase of the load would do: when it starts, how long it lasts, its iterations and its users. */
export interface PhaseForecast {
  readonly name: string
  readonly shape: string
  readonly warmup: boolean
  readonly model: 'open' | 'closed'
  /** True for an open phase without `maxUsers`, which adds users as they are needed. */
  readonly addsUsers: boolean
  /** The start of the phase in ms since the load began; null when an earlier phase has no fixed length. */
  readonly startMs: number | null
  /** The length of the phase in ms; null when it ends only after a number of iterations. */
  readonly lengthMs: number | null
  /** Arrivals per second (open model) or users (closed model) at evenly spaced moments. */
  readonly curve: readonly number[]
  /** The number of iterations that start in the phase. */
  readonly iterations: Range
  /** The number of users that are active at the same time. */
  readonly users: Range
  /** The largest number of iterations started per second; null when it depends on the replies and cannot be estimated. */
  readonly peakRate: number | null
  /** The facts about the trace that the phase plays; left out when it plays none. */
  readonly trace?: TraceFacts
}

/**
 * Forecasts all phases of a plan. `iterationMs` is the assumed length of an iteration in ms, null when unknown; `mostUsers` is the limit of users in
 * phases that do not set one.
 */
export function forecastPhases(plan: Plan, iterationMs: number | null, mostUsers: number): PhaseForecast[] {
  let startMs: number | null = 0
  return plan.phases.map((phase, index) => {
    const { load } = phase
    const own =
      load.model === 'open'
        ? openPhase(load, createRandom(plan.seed, 'arrivals', index), iterationMs, mostUsers)
        : closedPhase(load, iterationMs)
    const forecast = { ...headOf(phase), startMs, ...own }
    startMs = startMs === null || forecast.lengthMs === null ? null : startMs + forecast.lengthMs
    return forecast
  })
}

function headOf({ name, shape, warmup, load }: PlannedPhase) {
  return {
    name,
    shape,
    warmup,
    model: load.model,
    addsUsers: load.model === 'open' && load.addsUsers,
    lengthMs: load.lengthMs ?? null,
    ...(load.model === 'open' && load.trace && { trace: load.trace.facts }),
  }
}

function sampled(lengthMs: number, at: (elapsedMs: number) => number): number[] {
  // Values are taken in the middle of each interval, because at its edges a ramp has not begun or is already over.
  return Array.from({ length: SAMPLES }, (_, i) => at(((i + 0.5) * lengthMs) / SAMPLES))
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

function openPhase(load: OpenLoad, random: ReturnType<typeof createRandom>, iterationMs: number | null, mostUsers: number) {
  const intervalMs = load.lengthMs / SAMPLES
  // The mean of each interval is taken, so that a burst shorter than an interval is still visible.
  const curve = sampled(
    load.lengthMs,
    (ms) => ((load.countAt(ms + intervalMs / 2) - load.countAt(ms - intervalMs / 2)) / intervalMs) * 1000,
  )
  const expected = load.trace?.facts.requests ?? load.countAt(load.lengthMs)
  const peakRate = load.peakPerSecond
  const iterations = load.trace
    ? exactly(expected)
    : expected > MAX_COUNTED
      ? { least: 0, most: Infinity, likely: Math.round(expected) }
      : exactly(countArrivals(load, random))
  const most = load.addsUsers ? Math.min(mostUsers, iterations.most) : load.maxUsers
  // Little's law: users at once = arrivals per second × seconds per iteration.
  const busy = iterationMs === null ? null : Math.min(most, Math.ceil((peakRate * iterationMs) / 1000))
  return { curve, peakRate, iterations, users: { least: 0, most, likely: busy } }
}

function countArrivals(load: OpenLoad, random: ReturnType<typeof createRandom>): number {
  const arrivals = load.arrivals(random)
  let count = 0
  while (!arrivals.next().done) count += 1
  return count
}

function closedPhase(load: ClosedLoad, iterationMs: number | null) {
  const curve = load.lengthMs === undefined ? [load.usersAt(0)] : sampled(load.lengthMs, (ms) => load.usersAt(ms))
  const perUser = ratePerUser(load, iterationMs)
  return {
    curve,
    users: exactly(load.maxUsers),
    peakRate: perUser === null ? null : load.maxUsers * perUser,
    iterations: closedIterations(load, mean(curve), perUser),
  }
}

/**
 * Returns the iterations per second of one user, limited by its pace if there is one; null when neither the iteration's length nor a pace is known.
 */
function ratePerUser({ pacePerSecond }: ClosedLoad, iterationMs: number | null): number | null {
  if (iterationMs === null) return pacePerSecond ?? null
  const flatOut = iterationMs === 0 ? Number.POSITIVE_INFINITY : 1000 / iterationMs
  const rate = Math.min(flatOut, pacePerSecond ?? Number.POSITIVE_INFINITY)
  return Number.isFinite(rate) ? rate : null
}

function closedIterations(load: ClosedLoad, users: number, perUser: number | null): Range {
  const budget =
    load.sharedIterations ??
    (load.iterationsPerUser === undefined ? Number.POSITIVE_INFINITY : load.iterationsPerUser * load.maxUsers)
  if (load.lengthMs === undefined) return exactly(budget)
  if (users === 0) return exactly(0)
  const seconds = load.lengthMs / 1000
  const paced =
    load.pacePerSecond === undefined ? Number.POSITIVE_INFINITY : load.maxUsers * Math.ceil(load.pacePerSecond * seconds)
  const most = Math.min(budget, paced)
  // Every user that is there at the beginning starts an iteration at once.
  const least = Math.min(most, Math.max(1, load.usersAt(0)))
  return { least, most, likely: perUser === null ? null : Math.min(most, Math.max(least, Math.round(users * perUser * seconds))) }
}
