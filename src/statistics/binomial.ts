/** The binomial distribution, and confidence bounds of quantiles that follow from it. */
import { regularizedBeta } from './beta.ts'
import { normalQuantile } from './normal.ts'

/** Returns the probability of at most `k` successes in `n` tries, each with probability `p`. */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0
  return k >= n ? 1 : regularizedBeta(1 - p, n - k, k + 1)
}

/**
 * Returns the `q`-quantile of a binomial distribution: the smallest k for which the probability of at most k successes in `n` tries, each with
 * probability `p`, is at least `q`.
 */
export function binomialQuantile(q: number, n: number, p: number): number {
  if (q <= 0) return 0
  if (q >= 1) return n
  const isEnough = (k: number) => binomialCdf(k, n, p) >= q
  // The normal approximation gives a starting point, from which ever longer steps find a bracket.
  const guess = Math.round(n * p + normalQuantile(q) * Math.sqrt(n * p * (1 - p)))
  let high = Math.min(n, Math.max(0, guess))
  for (let step = 1; high < n && !isEnough(high); step *= 2) high = Math.min(n, high + step)
  let low = high - 1
  for (let step = 1; low >= 0 && isEnough(low); step *= 2) {
    high = low
    low -= step
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (isEnough(middle)) high = middle
    else low = middle
  }
  return high
}

/** The ranks (from 1) of the two samples that bound a quantile, and the confidence of these bounds. */
interface QuantileRanks {
  readonly low: number
  /** Rank of the upper sample; undefined when there are too few samples for an upper bound. */
  readonly high: number | undefined
  /** Confidence of the bounds: at least the requested one, if both bounds exist. */
  readonly confidence: number
}

/**
 * Returns the distribution-free confidence interval of the quantile `p` at the level 1 − `alpha`, as the ranks of two of the `n` samples in rising
 * order. With too few samples for a bound, `low` is 0, or `high` is undefined.
 */
export function quantileRanks(n: number, p: number, alpha = 0.05): QuantileRanks {
  const low = binomialQuantile(alpha / 2, n, p)
  const high = binomialQuantile(1 - alpha / 2, n, p) + 1
  const confidence = binomialCdf(high - 1, n, p) - binomialCdf(low - 1, n, p)
  return { low, high: high > n ? undefined : high, confidence }
}
