/** Compares samples of which only the histograms exist. Each bucket counts as one value, and samples as independent of each other. */
import { normalCdf } from './normal.ts'

/** The outcome of comparing two histograms over the same buckets. */
interface CountedDifference {
  /** Number of pairs (one sample of each side) in which the sample of `b` is larger; pairs in one bucket count half. */
  readonly uB: number
  /** Probability of counts that differ at least so much when both sides have the same distribution. */
  readonly p: number
  /** Cliff's delta from −1 to 1: how much more often a sample of `b` is larger than one of `a` than smaller. */
  readonly delta: number
  /** The largest gap between the two cumulative distributions, which is at most the gap between the samples' own. */
  readonly distance: number
}

/**
 * Compares two samples that are given as the counts of two histograms over the same buckets, in rising order: whether one tends to be larger
 * (rank-sum test), and by how much. Both need at least one sample; `p` is NaN when all samples are in one bucket.
 */
export function compareCounts(a: readonly number[], b: readonly number[]): CountedDifference {
  const [m, n] = [a, b].map((counts) => counts.reduce((sum, count) => sum + count, 0)) as [number, number]
  let [belowA, belowB, uB, ties, distance] = [0, 0, 0, 0, 0]
  for (const [i, ofA] of a.entries()) {
    const ofB = b[i] ?? 0
    uB += ofB * (belowA + ofA / 2)
    ties += (ofA + ofB) ** 3 - (ofA + ofB)
    belowA += ofA
    belowB += ofB
    distance = Math.max(distance, Math.abs(belowA / m - belowB / n))
  }
  return { uB, p: approximateP(uB, m, n, ties), delta: (2 * uB) / (m * n) - 1, distance }
}

/**
 * Returns the two-sided p-value of a Mann-Whitney U, by the normal approximation with corrections for ties and continuity. `ties` is the sum of t³ −
 * t over groups of t equal values.
 */
function approximateP(u: number, m: number, n: number, ties: number): number {
  const total = m + n
  const spread = Math.sqrt(((m * n) / 12) * (total + 1 - ties / (total * (total - 1))))
  const off = Math.max(0, Math.abs(u - (m * n) / 2) - 0.5)
  return Math.min(1, 2 * normalCdf(-off / spread))
}
