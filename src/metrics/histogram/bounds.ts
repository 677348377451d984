/** Computes how exact percentiles are: their ranks, whether samples are too few, and between which samples each lies. */
import type { Distribution } from '../../result/schema.ts'
import { type CertifiedRanks, certifiedRanks, UNCERTAINTY } from '../../statistics/certified.ts'

/** How many samples must lie above a percentile for it to be reliable. @see glossary: Windows */
const SAMPLES_ABOVE = 10

/** Returns the rank of percentile `p` (0 to 100) among `count` sorted samples: `count` × `p` ÷ 100, rounded up. The smallest sample has rank 1. */
export function percentileRank(count: number, p: number): number {
  const exact = (count * p) / 100
  return Math.max(1, Math.ceil(exact - exact * 1e-12))
}

/** True when percentile `p` is unreliable because fewer than 10 of the `count` samples lie above it. False for p = 0 and p = 100, which are exact. */
export function hasFewSamples(count: number, p: number): boolean {
  return p > 0 && p < 100 && count - percentileRank(count, p) < SAMPLES_ABOVE
}

/**
 * The range in which a sample of a histogram lies, when only its bucket is known: the lowest and the highest possible value, in the metric's unit.
 */
export interface SampleEdges {
  readonly low: number
  readonly high: number
}

/** The two ends of the confidence interval of a percentile, in the metric's unit. Each end by itself is right with 99 % confidence. */
export type PercentileBounds = NonNullable<Distribution['bounds']>[string]

/** The parts of a histogram from which bounds of its percentiles are computed. */
interface RankedSamples {
  readonly count: number
  edgesAt(ranks: readonly number[]): SampleEdges[]
}

/**
 * Returns, for each of the percentiles `ps` (0 to 100), its confidence interval; undefined for 0 and 100, and when there are too few samples for it.
 * `alpha` is the probability that one end of the interval is wrong. `censored` is the number of attempts that ended before they had a value; they
 * might have had the largest values, and the upper ends allow for that.
 */
export function percentileBounds(
  samples: RankedSamples,
  ps: readonly number[],
  alpha = UNCERTAINTY,
  censored = 0,
): (PercentileBounds | undefined)[] {
  const bounds = ps.map((p) => ranksOf(samples.count, p, alpha, censored))
  const ranks = bounds.flatMap((bound) => (bound ? [bound.low, bound.high] : [])).sort((a, b) => a - b)
  const edges = new Map(samples.edgesAt(ranks).map((found, i) => [ranks[i], found]))
  return bounds.map((bound) => {
    const [low, high] = [edges.get(bound?.low), edges.get(bound?.high)]
    return low && high && { low: low.low, high: high.high }
  })
}

function ranksOf(count: number, p: number, alpha: number, censored: number): CertifiedRanks | undefined {
  const ranks = p > 0 && p < 100 ? certifiedRanks(count, p, alpha) : undefined
  if (!ranks || censored === 0) return ranks
  const high = certifiedRanks(count + censored, p, alpha)?.high ?? Number.POSITIVE_INFINITY
  return high > count ? undefined : { low: ranks.low, high }
}

/**
 * Returns the field `bounds` of a distribution in a result, in an object of its own: the confidence intervals of those percentiles among `ps` that
 * have enough samples. The object is empty when none has.
 */
export function certifiedIn(samples: RankedSamples, ps: readonly number[]): Pick<Distribution, 'bounds'> {
  const found = percentileBounds(samples, ps).flatMap((bounds, i) => (bounds ? [[`p${ps[i]}`, bounds] as const] : []))
  return found.length === 0 ? {} : { bounds: Object.fromEntries(found) }
}
