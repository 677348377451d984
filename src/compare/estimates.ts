/**
 * Estimates changes from A to B with confidence bounds by resampling blocks (stretches of a run): single requests depend on their neighbours, blocks
 * hardly do.
 */
import type { MeasuredBlock } from '../metrics/groups/blocks.ts'
import type { Random } from '../random.ts'
import { nearestRank } from '../statistics/quantiles.ts'
import { newcombe } from '../statistics/rates.ts'
import { hodgesLehmann } from '../statistics/signed-rank.ts'
import { sorted, variance } from '../statistics/spread.ts'
import { tQuantile } from '../statistics/student.ts'
import type { Change } from './lines/verdict.ts'
import type { RateMetric, ShareMetric } from './metrics.ts'
import type { PooledLatency } from './pooled.ts'
import type { Paired as Sides } from './side-by-side.ts'

const DRAWS = 4000
/**
 * The fewest resamples that must lie beyond a bound for the bound to be read from them. With fewer, it follows from their spread, by Student's t with
 * (blocks − 1) degrees of freedom.
 */
const DRAWS_BEYOND = 10

/**
 * A metric on both sides of a comparison of runs (A and B): the values `a` and `b`, the change from A to B, and the confidence interval of this
 * change. Unknown numbers are NaN.
 */
export interface Compared extends Change {
  readonly a: number
  readonly b: number
  /**
   * How far the bounds reach only because runs of one system vary, on the scale of the change. More data of the same runs does not narrow this part.
   * 0 when left out.
   */
  readonly noiseReach?: number
}

/**
 * How a confidence interval in a comparison is computed: its error probability (1 minus the confidence level), and the random numbers for
 * resampling.
 */
export interface Certainty {
  /** The error probability of the bounds: 1 minus their confidence. */
  readonly alpha: number
  readonly random: Random
}

const once = (blocks: number) => new Uint8Array(blocks).fill(1)

/**
 * Returns the change of the median of a latency from side A to side B of a comparison: the logarithm of the ratio B ÷ A, as the Hodges-Lehmann
 * estimate from the ratios of paired blocks (stretches of time). The confidence interval is NaN when there are too few pairs for its level, or a
 * block has no median.
 */
export function medianChange(a: PooledLatency, b: PooledLatency, { alpha }: Certainty): Compared {
  const weights = once(a.sizes.length)
  const values = { a: a.quantile(0.5, weights), b: b.quantile(0.5, weights) }
  const ratios = a.sizes.map((_, block) => {
    const only = new Uint8Array(a.sizes.length)
    only[block] = 1
    return Math.log(b.quantile(0.5, only) / a.quantile(0.5, only))
  })
  if (ratios.length === 0 || !ratios.every(Number.isFinite))
    return { ...values, estimate: Number.NaN, low: Number.NaN, high: Number.NaN }
  const { estimate, low, high, confidence } = hodgesLehmann(ratios, alpha)
  // With so few pairs, not even the smallest and largest ratio are bounds of this confidence.
  return confidence < 1 - alpha - 1e-12
    ? { ...values, estimate, low: Number.NaN, high: Number.NaN }
    : { ...values, estimate, low, high }
}

/**
 * Returns the change of the quantile `p` of a latency from side A to side B of a comparison: the logarithm of the ratio B ÷ A. Its confidence
 * interval comes from resampling pairs of blocks, which are stretches of time (bootstrap).
 */
export function quantileChange(a: PooledLatency, b: PooledLatency, p: number, certainty: Certainty): Compared {
  const blocks = a.sizes.length
  const values = { a: a.quantile(p, once(blocks)), b: b.quantile(p, once(blocks)) }
  const draw = () => {
    const weights = drawn(blocks, certainty.random)
    return Math.log(b.quantile(p, weights) / a.quantile(p, weights))
  }
  return { ...values, ...bounded(Math.log(values.b / values.a), draw, { blocks, alpha: certainty.alpha }) }
}

/**
 * Returns the difference B − A of a fraction of the attempts, such as the error rate, between the two sides of a comparison. Its confidence interval
 * is the wider one of two: from resampling pairs of blocks (stretches of time), which allows for bursts of failures, and Newcombe's, which allows
 * for few attempts.
 */
export function shareChange({ a, b }: Sides, metric: ShareMetric, certainty: Certainty): Compared {
  const [ofA, ofB] = [sharesOf(a, metric), sharesOf(b, metric)]
  const all = { a: summed(ofA, once(a.length)), b: summed(ofB, once(b.length)) }
  const values = { a: all.a.part / all.a.whole, b: all.b.part / all.b.whole }
  const draw = () => {
    const weights = drawn(a.length, certainty.random)
    const [one, other] = [summed(ofA, weights), summed(ofB, weights)]
    return other.part / other.whole - one.part / one.whole
  }
  const drawnBounds = bounded(values.b - values.a, draw, { blocks: a.length, alpha: certainty.alpha })
  const counted = newcombe(all.a, all.b, certainty.alpha)
  return {
    ...values,
    estimate: drawnBounds.estimate,
    low: Math.min(drawnBounds.low, counted.low),
    high: Math.max(drawnBounds.high, counted.high),
  }
}

/**
 * Returns the change of a rate per second from side A to side B of a comparison: the logarithm of the ratio B ÷ A. Its confidence interval comes
 * from resampling pairs of blocks, which are stretches of time (bootstrap).
 */
export function rateChange({ a, b }: Sides, metric: RateMetric, certainty: Certainty): Compared {
  const values = { a: rateOf(a, metric, once(a.length)), b: rateOf(b, metric, once(b.length)) }
  const draw = () => {
    const weights = drawn(a.length, certainty.random)
    return Math.log(rateOf(b, metric, weights) / rateOf(a, metric, weights))
  }
  return { ...values, ...bounded(Math.log(values.b / values.a), draw, { blocks: a.length, alpha: certainty.alpha }) }
}

function rateOf(blocks: readonly MeasuredBlock[], { count }: RateMetric, weights: ArrayLike<number>): number {
  let [sum, lengthMs] = [0, 0]
  for (const [i, block] of blocks.entries()) {
    sum += count(block.counts) * (weights[i] ?? 0)
    lengthMs += block.lengthMs * (weights[i] ?? 0)
  }
  return (sum * 1000) / lengthMs
}

const sharesOf = (blocks: readonly MeasuredBlock[], { part, whole }: ShareMetric) =>
  blocks.map(({ counts }) => ({ part: part(counts), whole: whole(counts) }))

/** A value of one side and its standard error, which is estimated by resampling blocks; NaN when it is unknown. */
interface Erring {
  readonly value: number
  readonly error: number
}

/** Returns the quantile `p` of a latency on one side of a comparison, and the standard error of its logarithm. */
export function quantileError(side: PooledLatency, p: number, random: Random): Erring {
  const blocks = side.sizes.length
  return { value: side.quantile(p, once(blocks)), error: spreadOf(() => Math.log(side.quantile(p, drawn(blocks, random)))) }
}

/**
 * Returns a fraction of the attempts, such as the error rate, on side A or B of a comparison, with its standard error and the two counts from which
 * it is computed.
 */
export function shareError(
  blocks: readonly MeasuredBlock[],
  metric: ShareMetric,
  random: Random,
): Erring & { part: number; whole: number } {
  const shares = sharesOf(blocks, metric)
  const all = summed(shares, once(blocks.length))
  const share = ({ part, whole }: { readonly part: number; readonly whole: number }) => part / whole
  return { ...all, value: share(all), error: spreadOf(() => share(summed(shares, drawn(blocks.length, random)))) }
}

/** Returns a rate per second on one side of a comparison, and its standard error. */
export function rateError(blocks: readonly MeasuredBlock[], metric: RateMetric, random: Random): Erring {
  const value = rateOf(blocks, metric, once(blocks.length))
  return { value, error: spreadOf(() => rateOf(blocks, metric, drawn(blocks.length, random))) }
}

function spreadOf(draw: () => number): number {
  const draws = Array.from({ length: DRAWS }, draw)
  return draws.every(Number.isFinite) ? Math.sqrt(variance(draws)) : Number.NaN
}

/** Draws as many blocks as there are, at random with repetition. Returns how often each block was drawn. */
function drawn(blocks: number, random: Random): Uint8Array {
  const weights = new Uint8Array(blocks)
  for (let i = 0; i < blocks; i += 1) {
    const block = Math.floor(random.next() * blocks)
    weights[block] = (weights[block] ?? 0) + 1
  }
  return weights
}

function summed(
  shares: readonly { readonly part: number; readonly whole: number }[],
  weights: ArrayLike<number>,
): { part: number; whole: number } {
  let [part, whole] = [0, 0]
  for (const [i, share] of shares.entries()) {
    part += share.part * (weights[i] ?? 0)
    whole += share.whole * (weights[i] ?? 0)
  }
  return { part, whole }
}

/** Computes the bounds of an estimate from resamples; `draw` makes one resample. The bounds are NaN when a resample has no value. */
function bounded(
  estimate: number,
  draw: () => number,
  { blocks, alpha }: { readonly blocks: number; readonly alpha: number },
): Change {
  const draws: number[] = []
  for (let i = 0; i < DRAWS; i += 1) {
    const one = draw()
    if (Number.isFinite(one)) draws.push(one)
  }
  // When some resamples have no value, the estimate depends on a few single blocks, so it has no bounds.
  if (!Number.isFinite(estimate) || draws.length < DRAWS) return { estimate, low: Number.NaN, high: Number.NaN }
  if ((alpha / 2) * DRAWS < DRAWS_BEYOND) {
    const reach = tQuantile(1 - alpha / 2, Math.max(1, blocks - 1)) * Math.sqrt(variance(draws))
    return { estimate, low: estimate - reach, high: estimate + reach }
  }
  const rising = sorted(draws)
  return { estimate, low: nearestRank(rising, alpha / 2), high: nearestRank(rising, 1 - alpha / 2) }
}
