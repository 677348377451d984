/** Compares sets of runs of the same load by one value per run and metric, so that the variation between runs is measured instead of assumed. */
import type { BlockCounts } from '../metrics/groups/blocks.ts'
import type { Result } from '../result/schema.ts'
import { newcombe, type Proportion } from '../statistics/rates.ts'
import { againstEarlier, welch } from '../statistics/student.ts'
import { type ComparedRun, comparedSide, countsOfRun } from './compared-run.ts'
import { comparedValue, comparisonOf } from './compared-value.ts'
import type { Comparison } from './comparison.ts'
import { type CompareChoices, gatesOf } from './gates.ts'
import { storedWarnings } from './guards.ts'
import { withoutSurvivors } from './lines/survivors.ts'
import type { Change } from './lines/verdict.ts'
import { COMPARED, type ComparedMetric, type ShareMetric } from './metrics.ts'

/**
 * The shortest distance between a change and its bounds, as a logarithm (about 1 %): percentiles are precise to 0.1 %, and three runs that happen to
 * agree prove little.
 */
const LEAST_REACH = 0.01
/** The smallest number of runs from which the variation between runs can be estimated. */
export const MIN_RUNS = 3

/**
 * Compares sets of runs of one scenario: at least three earlier runs (`a`) with one new run or at least three (`b`).
 * @throws RangeError for sets of other sizes
 */
export function compareRepeated(a: readonly ComparedRun[], b: readonly ComparedRun[], choices: CompareChoices): Comparison {
  const [firstA, firstB] = [a[0], b[0]]
  if (!firstA || !firstB || a.length < MIN_RUNS || (b.length > 1 && b.length < MIN_RUNS))
    throw new RangeError(`${a.length} runs cannot be compared with ${b.length}`)
  const measured = COMPARED.flatMap((metric) => {
    const [ofA, ofB] = [valuesOf(metric, a), valuesOf(metric, b)]
    return ofA && ofB ? [{ metric, ofA, ofB }] : []
  })
  const gates = gatesOf(new Set(measured.map(({ metric }) => metric.name)), firstA, firstB, choices)
  const values = measured.map(({ metric, ofA, ofB }) => {
    const onScale = metric.kind === 'share' ? (value: number) => value : Math.log
    const [logA, logB] = [ofA.map(onScale), ofB.map(onScale)]
    const alpha = gates.alphaOf(metric.name)
    const [only = Number.NaN] = logB
    const { difference: estimate, low, high } = logB.length === 1 ? againstEarlier(logA, only, alpha) : welch(logA, logB, alpha)
    return comparedValue(
      metric,
      { a: middle(ofA), b: middle(ofB), ...widened({ estimate, low, high }, metric, { a, b, alpha }) },
      { ...gates.roleOf(metric, middle(ofA)), samples: Number.POSITIVE_INFINITY, delta: null },
    )
  })
  const named = ({ name, result: first }: ComparedRun, runs: readonly ComparedRun[]) => {
    const results = runs.map(({ result }) => result)
    const counts = results.map(countsOfRun)
    const attempts = counts.reduce((sum, { ok, failed }) => sum + ok + failed, 0)
    return comparedSide(runs.length === 1 ? name : `${name} and ${runs.length - 1} more`, first, attempts, results)
  }
  const warnings = [...new Set([...a, ...b].flatMap((run) => storedWarnings(firstA, run)))]
  return comparisonOf(withoutSurvivors(values), gates.missing, {
    ...{ mode: 'repeated', a: named(firstA, a), b: named(firstB, b), units: a.length, runNoise: 0, warnings },
    ...{ alpha: gates.alpha, seed: choices.seed },
  })
}

interface Sets {
  readonly a: readonly ComparedRun[]
  readonly b: readonly ComparedRun[]
  readonly alpha: number
}

/**
 * Widens the bounds of a change to at least what single runs can show, because a few values that happen to agree do not make a difference certain.
 */
function widened(change: Change, metric: ComparedMetric, { a, b, alpha }: Sets): Change {
  const { estimate, low, high } = change
  if (metric.kind !== 'share')
    return { estimate, low: Math.min(low, estimate - LEAST_REACH), high: Math.max(high, estimate + LEAST_REACH) }
  const [ofA, ofB] = [countedIn(metric, a), countedIn(metric, b)]
  if (ofA.whole === 0 || ofB.whole === 0) return change
  const counted = newcombe(ofA, ofB, alpha)
  return { estimate, low: Math.min(low, counted.low), high: Math.max(high, counted.high) }
}

/** Returns the two counts from which a share is computed, summed over all runs of a side. */
function countedIn(metric: ShareMetric, runs: readonly ComparedRun[]): Proportion {
  const counts = runs.map(({ result }) => countsOfRun(result))
  const sum = (of: (counts: BlockCounts) => number) => counts.reduce((total, one) => total + of(one), 0)
  return { part: sum(metric.part), whole: sum(metric.whole) }
}

/** Returns the value of a metric in each run; undefined when a run lacks it, or when it is not positive though its logarithm is needed. */
function valuesOf(metric: ComparedMetric, runs: readonly ComparedRun[]): number[] | undefined {
  const values = runs.map(({ result }) => valueIn(metric, result))
  const isKnown = values.every((value) => value !== undefined && Number.isFinite(value) && (metric.kind === 'share' || value > 0))
  return isKnown ? values.map((value) => value ?? Number.NaN) : undefined
}

function valueIn(metric: ComparedMetric, { total }: Result): number | undefined {
  if (metric.kind !== 'latency') return total.values[metric.name] ?? undefined
  return total.distributions[metric.metric]?.percentiles[`p${metric.p * 100}`] ?? undefined
}

/** Returns the geometric mean of the values of several runs, or the arithmetic mean when a value is 0. */
function middle(values: readonly number[]): number {
  const isPositive = values.every((value) => value > 0)
  const sum = values.reduce((all, value) => all + (isPositive ? Math.log(value) : value), 0)
  return isPositive ? Math.exp(sum / values.length) : sum / values.length
}
