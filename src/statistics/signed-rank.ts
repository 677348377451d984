/** Wilcoxon's signed-rank test of paired differences, and the Hodges-Lehmann estimate that belongs to it. */
import { medianOfSorted, sorted } from './spread.ts'

/** The largest number of pairs for which the distribution is computed exactly; the work grows with the cube of this number. */
const MOST_PAIRS = 200

/**
 * Returns the cumulative distribution of the rank sum of positive differences when no pair really differs: for each sum from 0 on, the probability
 * that it is not exceeded. Each rank, a whole number, is in the sum with probability one half. @throws RangeError for over 200
 */
function cumulative(ranks: readonly number[]): Float64Array {
  if (ranks.length > MOST_PAIRS) throw new RangeError(`at most ${MOST_PAIRS} pairs, not ${ranks.length}`)
  const chance = new Float64Array(1 + ranks.reduce((sum, rank) => sum + rank, 0))
  chance[0] = 1
  let largest = 0
  for (const rank of ranks) {
    largest += rank
    for (let sum = largest; sum >= 0; sum -= 1) {
      chance[sum] = ((chance[sum] ?? 0) + (sum >= rank ? (chance[sum - rank] ?? 0) : 0)) / 2
    }
  }
  for (let sum = 1; sum <= largest; sum += 1) chance[sum] = (chance[sum] ?? 0) + (chance[sum - 1] ?? 0)
  return chance
}

/** Returns the cumulative distribution of the rank sum for `pairs` pairs without equal differences, whose ranks are 1, 2, 3, … */
const cumulativeOf = (pairs: number) => cumulative(Array.from({ length: pairs }, (_, index) => index + 1))

/**
 * Returns the quantile `p` of the distribution of Wilcoxon's signed-rank sum for a number of matched pairs, under the hypothesis that the values of a
 * pair do not differ.
 * @throws RangeError for more than 200 pairs
 */
export function signedRankQuantile(p: number, pairs: number): number {
  // The probabilities are sums of powers of two: exact, as long as the pairs are few.
  return cumulativeOf(pairs).findIndex((chance) => chance >= p)
}

/** The outcome of a signed-rank test. */
interface SignedRankTest {
  /** Sum of the ranks of positive differences. Differences of 0 are left out. */
  readonly positive: number
  readonly negative: number
  /** Two-sided p-value: the probability of ranks at least as uneven when positive and negative differences are equally likely. */
  readonly p: number
  /** One-sided p-value: the probability of a sum of positive ranks at least this large. */
  readonly greater: number
}

/**
 * Tests, by Wilcoxon's signed-rank test, whether the numbers in a list of differences tend to one side of 0; returns the exact p-value. Differences
 * of equal size share their mean rank; those of 0 are left out.
 * @throws RangeError for more than 200 differences other than 0
 */
export function signedRankTest(differences: readonly number[]): SignedRankTest {
  const moved = differences.filter((difference) => difference !== 0)
  const ranks = ranksOf(moved.map(Math.abs))
  const positive = moved.reduce((sum, difference, i) => sum + (difference > 0 ? (ranks[i] ?? 0) : 0), 0)
  const negative = (moved.length * (moved.length + 1)) / 2 - positive
  // Shared ranks may be halves: twice a rank is a whole number.
  const chance = cumulative(ranks.map((rank) => 2 * rank))
  const atMost = (sum: number) => chance[2 * sum] ?? 1
  return { positive, negative, p: Math.min(1, 2 * atMost(Math.min(positive, negative))), greater: atMost(negative) }
}

/** Returns the rank of each value in a list, from 1 for the smallest; equal values get the mean of their ranks. */
export function ranksOf(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((i, j) => (values[i] ?? 0) - (values[j] ?? 0))
  const ranks = new Array<number>(values.length).fill(0)
  for (let from = 0; from < order.length; ) {
    let to = from + 1
    while (to < order.length && values[order[to] ?? 0] === values[order[from] ?? 0]) to += 1
    for (let at = from; at < to; at += 1) ranks[order[at] ?? 0] = (from + 1 + to) / 2
    from = to
  }
  return ranks
}

/** An estimate with its confidence interval. */
interface Estimate {
  readonly estimate: number
  readonly low: number
  readonly high: number
  /** Confidence of the bounds: the requested one or more, or less when there are too few values for it. */
  readonly confidence: number
}

/**
 * Returns the Hodges-Lehmann estimate of the centre of a list of differences (the median of the means of all pairs), with its confidence interval
 * from the exact signed-rank distribution. The interval has at least the level 1 − `alpha`, but less when there are too few differences for it.
 * @throws RangeError for no differences, or more than 200
 */
export function hodgesLehmann(differences: readonly number[], alpha = 0.05): Estimate {
  const n = differences.length
  if (n === 0) throw new RangeError('an estimate needs a value')
  const means: number[] = []
  for (const [i, a] of differences.entries()) for (const b of differences.slice(i)) means.push((a + b) / 2)
  const rising = sorted(means)
  const order = Math.max(1, signedRankQuantile(alpha / 2, n))
  const [low = Number.NaN, high = Number.NaN] = [rising[order - 1], rising.at(-order)]
  return { estimate: medianOfSorted(rising), low, high, confidence: 1 - 2 * (cumulativeOf(n)[order - 1] ?? 0) }
}
