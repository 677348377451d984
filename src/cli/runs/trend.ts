/** Computes how the p95 of the runs of one scenario has changed over time. */

import { median } from '../../statistics/spread.ts'
import { againstEarlier } from '../../statistics/student.ts'
import type { RunHead } from '../../store/run-heads.ts'

/** The largest number of earlier runs with which a run is compared: older ones say little about how much runs vary now. */
const EARLIER = 20
/** The smallest number of earlier runs from which it can be estimated how much runs vary. */
const MIN_EARLIER = 3
/** The error probability with which a run is called slower or faster: chance alone does so once in a hundred times. */
const ALPHA = 0.01
/** The smallest relative change of p95 that matters (0.1 is 10 %), however little the earlier runs vary. */
const TOLERANCE = 0.1

/** One run in the trend of a scenario (`burn runs --trend`), with the change of its p95 response time from the runs before it. */
export interface TrendPoint {
  readonly run: RunHead
  /**
   * Relative change of p95 of response_time from the median of the earlier runs: 0.1 is 10 % slower. Null for the first run, and when p95 is not
   * known.
   */
  readonly change: number | null
  /** `slower` or `faster` when the change is above 10 % and larger than the variation between the earlier runs explains; else null. */
  readonly stands: 'slower' | 'faster' | null
}

/** The runs of one scenario with the same targets, in the order of time. */
interface Trend {
  readonly scenario: string
  readonly targets: readonly string[]
  readonly points: readonly TrendPoint[]
}

/**
 * Groups stored runs by scenario and targets, so that only comparable runs are compared, and returns for each group how its runs have changed over
 * time.
 */
export function trendsOf(newestFirst: readonly RunHead[]): Trend[] {
  const series = Map.groupBy(newestFirst, ({ scenarioName, target }) =>
    JSON.stringify([scenarioName, target.map(({ name, url }) => [name, url])]),
  )
  return [...series.values()].map((runs) => ({
    scenario: runs[0]?.scenarioName ?? '',
    targets: runs[0]?.target.map(({ url }) => url) ?? [],
    points: trendOf(runs),
  }))
}

/**
 * Returns the runs of one scenario from oldest to newest, each with the change of its p95 response time from the runs before it. Only runs with the
 * verdict passed or failed are compared.
 */
export function trendOf(newestFirst: readonly RunHead[]): TrendPoint[] {
  const before: number[] = []
  return newestFirst.toReversed().map((run) => {
    const p95 = run.verdict === 'passed' || run.verdict === 'failed' ? run.p95LatencyMs : null
    const point = { run, ...standing(before.slice(-EARLIER), p95) }
    if (p95 !== null && p95 > 0) before.push(p95)
    return point
  })
}

function standing(before: readonly number[], p95: number | null): Omit<TrendPoint, 'run'> {
  if (p95 === null || p95 <= 0 || before.length === 0) return { change: null, stands: null }
  const change = p95 / median(before) - 1
  if (before.length < MIN_EARLIER || Math.abs(Math.log1p(change)) < Math.log1p(TOLERANCE)) return { change, stands: null }
  const { low, high } = againstEarlier(before.map(Math.log), Math.log(p95), ALPHA)
  return { change, stands: low > 0 ? 'slower' : high < 0 ? 'faster' : null }
}
