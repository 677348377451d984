/** Confidence bounds of percentiles that are computed from samples. */
import { binomialCdf, quantileRanks } from './binomial.ts'

/** The probability that the true percentile lies beyond one end of its confidence interval; it applies to each end by itself. */
export const UNCERTAINTY = 0.01

/** The ranks (from 1) of two samples in rising order; the values of these samples are the confidence interval of a percentile. */
export interface CertifiedRanks {
  readonly low: number
  readonly high: number
}

/**
 * Returns a confidence interval of the percentile `p` (above 0, below 100) as the ranks of two of the `n` samples in rising order; undefined when
 * there are too few samples. It holds for any distribution of independent samples, and each end has at least the confidence 1 − `alpha`. As in
 * MLPerf, each end is one rank further out than in the exact binomial interval.
 * @see MLPerf Inference, "Early stopping criterion"
 */
export function certifiedRanks(n: number, p: number, alpha = UNCERTAINTY): CertifiedRanks | undefined {
  const { low, high } = quantileRanks(n, p / 100, 2 * alpha)
  return low < 2 || high === undefined || high >= n ? undefined : { low: low - 1, high: high + 1 }
}

/**
 * Returns the smallest number of samples with which `certifiedRanks` can give a confidence interval for the percentile `p` (above 0, below 100): 662
 * for p = 99.
 */
export function certifiedSamples(p: number, alpha = UNCERTAINTY): number {
  // The share beyond the percentile on its rarer side: at most one sample lies there with probability alpha.
  const rare = Math.min(p, 100 - p) / 100
  const isEnough = (n: number) => binomialCdf(1, n, rare) <= alpha
  let high = 2
  while (!isEnough(high)) high *= 2
  let low = high / 2
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (isEnough(middle)) high = middle
    else low = middle
  }
  return high
}
