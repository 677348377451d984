/** Computes quantiles of samples. */

/**
 * Returns the quantile `p` (0 to 1) as the value of rank ⌈p · n⌉; the values must be in rising order. NaN without values. All percentiles of burn are
 * defined in this way.
 */
export function nearestRank(rising: readonly number[], p: number): number {
  return rising[Math.max(1, Math.ceil(p * rising.length - 1e-9)) - 1] ?? Number.NaN
}
