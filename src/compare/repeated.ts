/** Compares sets of runs of the same load, each run a single value: how much runs of one system vary is seen, not assumed. */
import type { Result } from '../result/schema.ts'
import { againstEarlier, welch } from '../statistics/student.ts'
import type { ComparedRun } from './compared-run.ts'
import { comparedValue, comparisonOf } from './compared-value.ts'
import type { Comparison } from './comparison.ts'
import { type CompareChoices, gatesOf } from './gates.ts'
import { storedWarnings } from './guards.ts'
import { COMPARED, type ComparedMetric } from './metrics.ts'

/** Fewer runs say too little of how much runs vary. */
export const MIN_RUNS = 3

/**
 * Compares sets of runs: three or more earlier ones with one new run, or with three or more.
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
    const { difference, low, high } = logB.length === 1 ? againstEarlier(logA, only, alpha) : welch(logA, logB, alpha)
    return comparedValue(
      metric,
      { a: middle(ofA), b: middle(ofB), estimate: difference, low, high },
      { ...gates.roleOf(metric, middle(ofA)), samples: Number.POSITIVE_INFINITY, delta: null },
    )
  })
  const named = (run: ComparedRun, runs: readonly ComparedRun[]) => ({
    name: runs.length === 1 ? run.name : `${run.name} and ${runs.length - 1} more`,
    runId: run.result.runId,
    attempts: runs.reduce((sum, { result }) => sum + result.total.counts.ok + result.total.counts.failed, 0),
    verdict: run.result.verdict,
  })
  const warnings = [...new Set([...a, ...b].flatMap((run) => storedWarnings(firstA, run)))]
  return comparisonOf(values, {
    ...{ mode: 'repeated', a: named(firstA, a), b: named(firstB, b), units: a.length, runNoise: 0, warnings },
    ...{ alpha: gates.alpha, seed: choices.seed },
  })
}

/** The value of a metric in each run; undefined when one of them has none, or none that has a logarithm. */
function valuesOf(metric: ComparedMetric, runs: readonly ComparedRun[]): number[] | undefined {
  const values = runs.map(({ result }) => valueIn(metric, result))
  const isKnown = values.every((value) => value !== undefined && Number.isFinite(value) && (metric.kind === 'share' || value > 0))
  return isKnown ? values.map((value) => value ?? Number.NaN) : undefined
}

function valueIn(metric: ComparedMetric, { total }: Result): number | undefined {
  if (metric.kind !== 'latency') return total.values[metric.name] ?? undefined
  return total.distributions[metric.metric]?.percentiles[`p${metric.p * 100}`] ?? undefined
}

/** The geometric mean of the runs, which is what is compared; the mean of shares. */
function middle(values: readonly number[]): number {
  const isPositive = values.every((value) => value > 0)
  const sum = values.reduce((all, value) => all + (isPositive ? Math.log(value) : value), 0)
  return isPositive ? Math.exp(sum / values.length) : sum / values.length
}
