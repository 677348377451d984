/**
 * Computes the next step of a search for the highest load that meets the thresholds, from the points measured so far. It has no state, so that a
 * search can be resumed.
 */
import { type Crossing, crossingOf } from './crossing.ts'
import { bracketOf, type SearchPoint } from './points.ts'

/** The range of loads that a capacity search covers, and the precision that it aims at. Loads are users, or arrivals per second. */
export interface SearchGoal {
  /** True when loads are numbers of users, so that they must be whole. */
  readonly isWhole: boolean
  /** Load with which the search begins. */
  readonly from: number
  /** Highest load that the search tries. */
  readonly max: number
  /** The search is precise enough when half the width of the interval around the estimate is below this share of the load, such as 0.05. */
  readonly precision: number
}

/**
 * The next step of a capacity search: to measure a load (with `isLong`, long enough to confirm the load), or `done` with the reason why the search
 * ends.
 */
export type SearchStep =
  | { readonly kind: 'measure'; readonly load: number; readonly isLong: boolean }
  /**
   * `settled`: precise enough; `wide`: a load is confirmed, but the interval stays wider than asked for; `max`: even the highest load meets the
   * thresholds; `below`: no load meets them.
   */
  | { readonly kind: 'done'; readonly why: 'settled' | 'wide' | 'max' | 'below' }

/** How often the load may be halved when the first load does not meet the thresholds. */
const HALVINGS = 6
/** The smallest and largest number of long measurements. More would not help: they do not show what varies from one hour to the next. */
const LONG = { least: 5, most: 14, evenWhenNoneHolds: 20 }
/** Largest distance from the estimate, as a logarithm of the ratio of loads, at which a long measurement counts as one at the limit. */
const NEAR = 0.15
/** Share by which the next load is below the lowest load that failed, when no load was confirmed. */
const STEP_DOWN = 0.03

/**
 * Returns the next step of a capacity search. It doubles the load until the thresholds fail, or halves the first load until they pass, and then
 * halves the gap between passing and failing loads until it is twice the wanted precision. After that, it measures for longer near the estimated
 * limit, until the limit's confidence interval is narrow enough and a load just below the limit has passed, but at most 14 times (20 times while no
 * load is confirmed).
 */
export function nextStep(points: readonly SearchPoint[], goal: SearchGoal): SearchStep {
  const { low, high } = bracketOf(points)
  if (points.length === 0) return short(goal.from, goal)
  if (low === 0) return downwards(points, high, goal)
  if (high === Number.POSITIVE_INFINITY) return upwards(points, low, goal)
  const middle = rounded(Math.sqrt(low * high), goal)
  const isOpen = high / low > 1 + 2 * goal.precision && middle > low && middle < high
  return isOpen ? short(middle, goal) : atLimit(points, goal)
}

/**
 * Returns the largest load that meets the thresholds, as a capacity search estimates it; it lies between a load that passed and a higher one that
 * failed. Undefined while the limit does not lie between two such loads, for example because all loads passed.
 */
export function estimateOf(points: readonly SearchPoint[]): Crossing | undefined {
  const { low, high } = bracketOf(points)
  if (low === 0 || high === Number.POSITIVE_INFINITY) return undefined
  const crossing = crossingOf(points, Math.sqrt(low * high))
  if (crossing === undefined) return { load: low, low, high }
  const load = Math.min(high, Math.max(low, crossing.load))
  return { load, low: Math.min(load, crossing.low), high: Math.max(load, crossing.high) }
}

/**
 * Returns the highest load of a capacity search that met the thresholds in all of its long measurements and is not above the estimated limit, or,
 * without an estimate, not above the highest load that passed; undefined when there is none.
 */
export function confirmedOf(points: readonly SearchPoint[]): number | undefined {
  const { low, high } = bracketOf(points)
  const most = Math.max(low, high === Number.POSITIVE_INFINITY ? low : (estimateOf(points)?.load ?? low))
  const failed = new Set(points.filter(({ isLong, holds }) => isLong && !holds).map(({ load }) => load))
  const loads = points.filter(({ isLong, holds, load }) => isLong && holds && load <= most * 1.0001 && !failed.has(load))
  return loads.length === 0 ? undefined : Math.max(...loads.map(({ load }) => load))
}

function upwards(points: readonly SearchPoint[], low: number, goal: SearchGoal): SearchStep {
  if (low < goal.max) return short(low * 2, goal)
  return confirmedOf(points) === low ? { kind: 'done', why: 'max' } : long(low, goal)
}

function downwards(points: readonly SearchPoint[], high: number, goal: SearchGoal): SearchStep {
  const least = goal.isWhole ? 1 : goal.from / 2 ** HALVINGS
  const half = rounded(high / 2, goal)
  if (half < high && half >= least * 0.999) return short(half, goal)
  const isSure = points.some(({ load, isLong, holds }) => load === high && isLong && !holds)
  return isSure ? { kind: 'done', why: 'below' } : long(high, goal)
}

function atLimit(points: readonly SearchPoint[], goal: SearchGoal): SearchStep {
  const estimate = estimateOf(points)
  if (estimate === undefined) throw new Error('the limit lies between two loads, and has no estimate')
  const { load, low, high } = estimate
  const longs = points.filter(({ isLong }) => isLong)
  const near = longs.filter((point) => Math.abs(Math.log(point.load / load)) < NEAR).length
  const isNarrow = near >= LONG.least && Math.log(high / low) / 2 < goal.precision
  const confirmed = confirmedOf(points)
  if (longs.length >= (confirmed === undefined ? LONG.evenWhenNoneHolds : LONG.most)) return { kind: 'done', why: 'wide' }
  if (!isNarrow && longs.length < LONG.most) return long(load, goal)
  if (confirmed !== undefined && confirmed >= lessBy(load, goal.precision, goal))
    return { kind: 'done', why: isNarrow ? 'settled' : 'wide' }
  const failed = longs.filter((point) => !point.holds && point.load <= load).map((point) => point.load)
  return long(failed.length === 0 ? load * (1 - goal.precision / 2) : lessBy(Math.min(...failed), STEP_DOWN, goal), goal)
}

/** Returns a load that is smaller by a share, and by at least one user. */
function lessBy(load: number, share: number, { isWhole }: SearchGoal): number {
  return isWhole ? Math.max(1, Math.min(Math.ceil(load) - 1, Math.round(load * (1 - share)))) : load * (1 - share)
}

/** Rounds a load to a number that a person would write: whole, or with four digits. */
function rounded(load: number, { isWhole, max }: SearchGoal): number {
  return Math.min(max, isWhole ? Math.max(1, Math.round(load)) : Number(load.toPrecision(4)))
}

const short = (load: number, goal: SearchGoal): SearchStep => ({ kind: 'measure', load: rounded(load, goal), isLong: false })
const long = (load: number, goal: SearchGoal): SearchStep => ({ kind: 'measure', load: rounded(load, goal), isLong: true })
