/** Computes the mean, median and variance of samples, and their serial correlation. */

/** Returns the arithmetic mean of a list; NaN without values. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Returns the variance of a sample of at least two values (divided by n − 1); NaN for one value, −0 without values. */
export function variance(values: readonly number[]): number {
  const centre = mean(values)
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1)
}

/** Returns a copy of the values in rising order. */
export function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b)
}

/** Returns the median of a list; for an even number of values, the mean of the middle two. NaN without values. */
export function median(values: readonly number[]): number {
  return medianOfSorted(sorted(values))
}

/** Returns the median of a list that is already in rising order; NaN without values. */
export function medianOfSorted(rising: readonly number[]): number {
  const { length } = rising
  const upper = rising[Math.floor(length / 2)] ?? Number.NaN
  return length % 2 === 1 ? upper : ((rising[length / 2 - 1] ?? Number.NaN) + upper) / 2
}

/**
 * Returns the correlation of each value in a list with the next value (lag-1 autocorrelation), −1 to 1; 0 when all values are equal, and without
 * values.
 */
export function serialCorrelation(values: readonly number[]): number {
  const centre = mean(values)
  const spread = values.reduce((sum, value) => sum + (value - centre) ** 2, 0)
  const shared = values.slice(1).reduce((sum, value, i) => sum + (value - centre) * ((values[i] ?? centre) - centre), 0)
  return spread === 0 ? 0 : shared / spread
}
