/** Compares the two sides of a comparison metric by metric, from their blocks (stretches of a run). */
import type { MeasuredBlock } from '../metrics/groups/blocks.ts'
import { createRandom } from '../random.ts'
import { compareCounts } from '../statistics/counted.ts'
import { type ComparedRun, comparedSide } from './compared-run.ts'
import { comparedValue, comparisonOf } from './compared-value.ts'
import type { Comparison, ComparisonMode } from './comparison.ts'
import type { Certainty, Compared } from './estimates.ts'
import { type CompareChoices, gatesOf } from './gates.ts'
import { type MoreFailures, moreFailures } from './lines/survivors.ts'
import type { Change } from './lines/verdict.ts'
import { COMPARED, type ComparedMetric, isMeasured, type LatencyMetric } from './metrics.ts'
import { PooledLatency } from './pooled.ts'
import type { Paired } from './side-by-side.ts'

/** The method by which two runs are compared; it depends on whether they ran at the same time, in turns, or one after the other. */
interface CompareMethod extends CompareChoices {
  readonly mode: ComparisonMode
  readonly warnings: readonly string[]
  readonly runNoise: number
  /** The smallest number of blocks on each side that allows a verdict. */
  readonly minBlocks: number
  /** Computes the change of one metric between the sides, with its bounds. */
  readonly estimate: (metric: ComparedMetric, latencies: Latencies | undefined, certainty: Certainty) => Compared
}

/** All values of one latency metric on both sides of a comparison (A and B). */
export interface Latencies {
  readonly a: PooledLatency
  readonly b: PooledLatency
}

const UNKNOWN = { low: Number.NaN, high: Number.NaN }

/**
 * Compares two runs metric by metric, and returns the result of the comparison. `blocks` are the pairs of blocks (stretches of time) into which both
 * runs are cut. The confidence intervals of the metrics that decide the verdict are widened so that they hold for all of these together
 * (Bonferroni).
 */
export function compareSides(a: ComparedRun, b: ComparedRun, blocks: Paired, method: CompareMethod): Comparison {
  const measured = COMPARED.filter((metric) => isMeasured(metric, blocks.a, blocks.b))
  const gates = gatesOf(new Set(measured.map(({ name }) => name)), a, b, method)
  const latencies = new Map<string, Latencies>()
  const latenciesOf = ({ metric }: LatencyMetric) => {
    const known = latencies.get(metric) ?? { a: new PooledLatency(blocks.a, metric), b: new PooledLatency(blocks.b, metric) }
    latencies.set(metric, known)
    return known
  }
  const more = moreFailures(blocks.a.map(countsOf), blocks.b.map(countsOf))
  const fewest = Math.min(blocks.a.length, blocks.b.length)
  const isEnough = fewest >= method.minBlocks
  const values = measured.map((metric) => {
    const both = metric.kind === 'latency' ? latenciesOf(metric) : undefined
    const certainty = { alpha: gates.alphaOf(metric.name), random: createRandom(method.seed, 'compare', metric.name) }
    const compared = method.estimate(metric, both, certainty)
    const samples = both ? Math.min(both.a.measured, both.b.measured) : Number.POSITIVE_INFINITY
    const worst = both && metric.kind === 'latency' ? worstChange(compared, both, metric.p, more) : undefined
    const known = { ...gates.roleOf(metric, compared.a), samples, delta: both ? deltaOf(both) : null, ...(worst && { worst }) }
    return comparedValue(metric, isEnough ? compared : { ...compared, ...UNKNOWN }, known)
  })
  const few = isEnough
    ? []
    : [`only ${fewest} ${fewest === 1 ? 'block' : 'blocks'} of 25 attempts: ${method.minBlocks} are needed for any verdict`]
  return comparisonOf(values, gates.missing, {
    ...{ mode: method.mode, runNoise: method.runNoise, seed: method.seed, warnings: [...few, ...method.warnings] },
    a: comparedSide(a.name, a.result, attemptsIn(blocks.a)),
    b: comparedSide(b.name, b.result, attemptsIn(blocks.b)),
    ...{ units: fewest, alpha: gates.alpha },
  })
}

const countsOf = ({ counts }: MeasuredBlock) => counts

/**
 * Returns what the change would be if the additional failures of the side with more failures had been its slowest attempts; undefined when both sides
 * fail equally often.
 */
function worstChange(
  { estimate, low, high }: Compared,
  { a, b }: Latencies,
  p: number,
  more: MoreFailures | undefined,
): Change | undefined {
  if (!more) return undefined
  const side = more.side === 'a' ? a : b
  const once = new Uint8Array(side.sizes.length).fill(1)
  const shift = Math.log(side.quantile(p, once, more.attempts) / side.quantile(p, once)) * (more.side === 'a' ? -1 : 1)
  return { estimate: estimate + shift, low: low + shift, high: high + shift }
}

const attemptsIn = (blocks: readonly MeasuredBlock[]) => blocks.reduce((sum, { counts }) => sum + counts.ok + counts.failed, 0)

/** Returns Cliff's delta between all samples of the two sides, from −1 to 1; null without samples. */
function deltaOf({ a, b }: Latencies): number | null {
  const [ofA, ofB] = [a.counts(), b.counts()]
  const buckets = [...new Set([...ofA.keys(), ...ofB.keys()])].sort((x, y) => x - y)
  const counts = (of: ReadonlyMap<number, number>) => buckets.map((bucket) => of.get(bucket) ?? 0)
  const { delta } = compareCounts(counts(ofA), counts(ofB))
  return Number.isFinite(delta) ? delta : null
}
