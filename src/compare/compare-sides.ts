/** Compares two runs, metric by metric. */
import type { MeasuredBlock } from '../metrics/groups/blocks.ts'
import { createRandom } from '../random.ts'
import { compareCounts } from '../statistics/counted.ts'
import type { ComparedRun } from './compared-run.ts'
import type { ComparedSide, ComparedValue, Comparison, ComparisonMode } from './comparison.ts'
import type { Certainty, Compared } from './estimates.ts'
import { areAlikeInLength } from './guards.ts'
import {
  COMPARED,
  type ComparedMetric,
  defaultGates,
  isMeasured,
  type LatencyMetric,
  mayDecide,
  type Tolerances,
} from './metrics.ts'
import { PooledLatency } from './pooled.ts'
import type { Paired } from './side-by-side.ts'
import { type Change, type ChangeVerdict, overall, timesMore, verdictOn } from './verdict.ts'

/** How a comparison is made. */
export interface CompareOptions {
  readonly mode: ComparisonMode
  readonly tolerances: Tolerances
  /** The metrics that decide, by name; the default ones when left out. */
  readonly gates?: readonly string[]
  readonly seed: string
  /** One less the confidence of the whole comparison; 0.01 by default. */
  readonly alpha?: number
  readonly warnings: readonly string[]
  readonly runNoise: number
  /** Returns the change of one metric. */
  readonly estimate: (metric: ComparedMetric, latencies: Latencies | undefined, certainty: Certainty) => Compared
}

/** A latency of both sides. */
export interface Latencies {
  readonly a: PooledLatency
  readonly b: PooledLatency
}

/** Fewer pairs of blocks decide nothing. */
const MIN_PAIRS = 9
/** A comparison of a system with itself says WORSE once in two hundred times. */
const ALPHA = 0.01

const UNKNOWN: Compared = { a: Number.NaN, b: Number.NaN, estimate: Number.NaN, low: Number.NaN, high: Number.NaN }

/** Compares two sides by their blocks. The bounds of the deciding lines hold for all of them together (Bonferroni). */
export function compareSides(a: ComparedRun, b: ComparedRun, blocks: Paired, options: CompareOptions): Comparison {
  const measured = COMPARED.filter((metric) => isMeasured(metric, blocks.a, blocks.b))
  const names = new Set(measured.map(({ name }) => name))
  const gates = new Set(options.gates ?? defaultGates(names, areAlikeInLength(a, b)))
  const alphas = alphasOf([...gates], options.alpha ?? ALPHA)
  const latencies = new Map<string, Latencies>()
  const latenciesOf = ({ metric }: LatencyMetric) => {
    const known = latencies.get(metric) ?? { a: new PooledLatency(blocks.a, metric), b: new PooledLatency(blocks.b, metric) }
    latencies.set(metric, known)
    return known
  }
  const values = measured.map((metric) => {
    const both = metric.kind === 'latency' ? latenciesOf(metric) : undefined
    const certainty = { alpha: alphas(metric.name), random: createRandom(options.seed, 'compare', metric.name) }
    const isEnough = blocks.a.length >= MIN_PAIRS
    const compared = options.estimate(metric, both, certainty)
    return comparedValue(
      metric,
      isEnough ? compared : { ...UNKNOWN, a: compared.a, b: compared.b, estimate: compared.estimate },
      {
        gate: gates.has(metric.name),
        tolerance: toleranceOf(metric, options.tolerances, compared.a),
        both,
      },
    )
  })
  const deciding = values.filter(({ gate }) => gate)
  const verdict = overall(deciding.map((value) => value.verdict))
  const few =
    blocks.a.length < MIN_PAIRS ? [`only ${blocks.a.length} blocks of 25 attempts: ${MIN_PAIRS} are needed for any verdict`] : []
  return {
    mode: options.mode,
    verdict,
    reason: reasonOf(verdict, deciding),
    a: comparedSide(a, blocks.a),
    b: comparedSide(b, blocks.b),
    values,
    units: blocks.a.length,
    alpha: options.alpha ?? ALPHA,
    runNoise: options.runNoise,
    seed: options.seed,
    warnings: [...few, ...options.warnings],
  }
}

/**
 * Shares what may go wrong among the lines that decide, so that their bounds hold for all of them together: the median, which sees a change
 * first, gets half, the others the rest in equal parts. A line that decides nothing gets what the smallest of them has.
 */
function alphasOf(gates: readonly string[], alpha: number): (name: string) => number {
  const medians = gates.filter((name) => name.endsWith(' p50'))
  const others = gates.length - medians.length
  if (medians.length === 0 || others === 0) return () => alpha / Math.max(1, gates.length)
  return (name) => alpha / 2 / (medians.includes(name) ? medians.length : others)
}

function comparedSide({ name, result }: ComparedRun, blocks: readonly MeasuredBlock[]): ComparedSide {
  const attempts = blocks.reduce((sum, { counts }) => sum + counts.ok + counts.failed, 0)
  return { name, runId: result.runId, attempts, verdict: result.verdict }
}

/** The tolerance of a metric, relative or in points. */
function toleranceOf(metric: ComparedMetric, tolerances: Tolerances, ofA: number): number {
  if (metric.name !== 'errors' || tolerances.errorsRatio === undefined) return tolerances[metric.tolerance]
  return Math.max(tolerances.errors, (tolerances.errorsRatio - 1) * (Number.isFinite(ofA) ? ofA : 0))
}

const orNull = (value: number) => (Number.isFinite(value) ? value : null)

interface Judging {
  readonly gate: boolean
  readonly tolerance: number
  readonly both: Latencies | undefined
}

function comparedValue(metric: ComparedMetric, compared: Compared, { gate, tolerance, both }: Judging): ComparedValue {
  const isShare = metric.kind === 'share'
  const shown = (change: number) => orNull(isShare ? change : Math.expm1(change))
  const onScale = isShare ? tolerance : Math.log1p(tolerance)
  const samples = both ? Math.min(both.a.measured, both.b.measured) : Number.POSITIVE_INFINITY
  const isKnown = Number.isFinite(compared.low) && Number.isFinite(compared.high) && mayDecide(metric, samples)
  const verdict: ChangeVerdict = isKnown ? verdictOn(compared, metric.worse, onScale) : 'UNCLEAR'
  return {
    metric: metric.name,
    unit: metric.kind === 'latency' ? 'ms' : isShare ? 'ratio' : 'per_second',
    gate,
    a: orNull(compared.a),
    b: orNull(compared.b),
    change: shown(compared.estimate),
    low: shown(compared.low),
    high: shown(compared.high),
    tolerance,
    delta: both ? deltaOf(both) : null,
    verdict,
    timesMore: verdict === 'UNCLEAR' && isKnown ? timesMore(compared, onScale) : null,
    ...noteOf(compared, mayDecide(metric, samples)),
  }
}

function noteOf({ a, b, low }: Change & Compared, isEnough: boolean): { note?: string } {
  if (a === Number.POSITIVE_INFINITY || b === Number.POSITIVE_INFINITY) return { note: 'the quantile is among the time-outs' }
  if (!isEnough) return { note: 'needs 3000 samples on each side' }
  return Number.isFinite(low) ? {} : { note: 'too few data' }
}

/** Cliff's delta of all samples. */
function deltaOf({ a, b }: Latencies): number | null {
  const [ofA, ofB] = [a.counts(), b.counts()]
  const buckets = [...new Set([...ofA.keys(), ...ofB.keys()])].sort((x, y) => x - y)
  const counts = (of: ReadonlyMap<number, number>) => buckets.map((bucket) => of.get(bucket) ?? 0)
  return orNull(compareCounts(counts(ofA), counts(ofB)).delta)
}

function reasonOf(verdict: ChangeVerdict, deciding: readonly ComparedValue[]): string {
  const names = deciding.filter((value) => value.verdict === verdict).map(({ metric }) => metric)
  if (deciding.length === 0) return 'nothing was measured on both sides that could decide'
  if (verdict === 'WORSE') return `B is worse: ${names.join(', ')}`
  if (verdict === 'BETTER') return `B is better: ${names.join(', ')}`
  if (verdict === 'SAME') return 'B is as good as A, within the limits'
  if (verdict === 'SMALL') return `B differs by less than what matters: ${names.join(', ')}`
  const most = Math.max(0, ...deciding.map(({ timesMore: more }) => more ?? 0))
  const need = most > 1 ? `; about ${most.toFixed(1)} times the data would tell` : ''
  return `the data do not tell whether B differs: ${names.join(', ')}${need}`
}
