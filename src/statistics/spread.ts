/** Where samples lie, and how far they spread. */

/** Returns the arithmetic mean; NaN without values. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Returns the variance of a sample (divided by n − 1); NaN with fewer than two values. */
export function variance(values: readonly number[]): number {
  const centre = mean(values)
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1)
}

/** Returns the values in rising order. */
export function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b)
}

/** Returns the median, the mean of the two in the middle for an even number; NaN without values. */
export function median(values: readonly number[]): number {
  return medianOfSorted(sorted(values))
}

/** Returns the median of values in rising order; NaN without values. */
export function medianOfSorted(rising: readonly number[]): number {
  const { length } = rising
  const upper = rising[Math.floor(length / 2)] ?? Number.NaN
  return length % 2 === 1 ? upper : ((rising[length / 2 - 1] ?? Number.NaN) + upper) / 2
}

/** Returns the median absolute deviation from the median: a spread that outliers do not change. NaN without values. */
export function medianDeviation(values: readonly number[]): number {
  const centre = median(values)
  return median(values.map((value) => Math.abs(value - centre)))
}

/**
 * Returns the modified z-score of a value, how many robust standard deviations it lies above the median (negative: below): 0.6745 · (value
 * − centre) ÷ deviation, with the median absolute deviation.
 * @see B. Iglewicz and D. Hoaglin, "How to detect and handle outliers" (1993)
 */
export function modifiedZ(value: number, centre: number, deviation: number): number {
  return (0.6745 * (value - centre)) / deviation
}
