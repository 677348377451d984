/** Tests on histograms alone, when the samples are gone. They treat a bucket as one value, and samples as independent of each other. */
import { normalCdf } from './normal.ts'

/** What two histograms over the same buckets say of each other. */
interface CountedDifference {
  /** Pairs (one sample of each side) in which that of `b` is larger; those in one bucket count half. */
  readonly uB: number
  /** The probability of so uneven counts when both come from the same distribution. */
  readonly p: number
  /** Cliff's delta from −1 to 1: how much more often a sample of `b` is larger than one of `a` than smaller. */
  readonly delta: number
  /** The largest gap between the cumulative shares: at most the distance of the samples themselves. */
  readonly distance: number
}

/**
 * Compares two samples that are given as the counts of two histograms over the same buckets, in rising order: whether one tends to be
 * larger (rank-sum test), and by how much. Both need at least one sample.
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
 * The two-sided p-value of a Mann-Whitney U, by the normal approximation with corrections for ties and continuity. `ties` is the sum of
 * t³ − t over groups of t equal values.
 */
function approximateP(u: number, m: number, n: number, ties: number): number {
  const total = m + n
  const spread = Math.sqrt(((m * n) / 12) * (total + 1 - ties / (total * (total - 1))))
  const off = Math.max(0, Math.abs(u - (m * n) / 2) - 0.5)
  return Math.min(1, 2 * normalCdf(-off / spread))
}
