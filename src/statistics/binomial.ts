/** The binomial distribution, and what it says of quantiles. */
import { regularizedBeta } from './beta.ts'

/** Returns the probability of at most `k` successes in `n` tries, each with probability `p`. */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0
  return k >= n ? 1 : regularizedBeta(1 - p, n - k, k + 1)
}

/**
 * Returns the `q`-quantile of a binomial distribution: the smallest number of successes in `n` tries, each with probability `p`, that is
 * not exceeded with probability `q`.
 */
export function binomialQuantile(q: number, n: number, p: number): number {
  let low = -1
  let high = n
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (binomialCdf(middle, n, p) >= q) high = middle
    else low = middle
  }
  return high
}

/** The ranks (from 1) of the samples that bound a quantile, and the confidence that they have. */
interface QuantileRanks {
  readonly low: number
  /** Undefined when no sample bounds the quantile from above: there are too few. */
  readonly high: number | undefined
  /** At least what was asked for, where both bounds exist. */
  readonly confidence: number
}

/**
 * Returns the ranks of the two samples, out of `n` in rising order, between which the quantile `p` lies with confidence 1 − `alpha`,
 * whatever the distribution.
 */
export function quantileRanks(n: number, p: number, alpha = 0.05): QuantileRanks {
  const low = binomialQuantile(alpha / 2, n, p)
  const high = binomialQuantile(1 - alpha / 2, n, p) + 1
  const confidence = binomialCdf(high - 1, n, p) - binomialCdf(low - 1, n, p)
  return { low, high: high > n ? undefined : high, confidence }
}

/** Returns the upper bound, with confidence 1 − `alpha`, of the failure rate when none of `n` tries has failed. */
export function upperRateOfNone(n: number, alpha = 0.05): number {
  return 1 - alpha ** (1 / n)
}
