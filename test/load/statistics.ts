/** What samples of arrivals and think times are held against. */

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const variance = (values: readonly number[]) => {
  const middle = mean(values)
  return mean(values.map((value) => (value - middle) ** 2))
}

/** The standard deviation as a share of the mean. */
export const variation = (values: readonly number[]) => Math.sqrt(variance(values)) / mean(values)

/** The Kolmogorov-Smirnov distance of a sample, by its definition, and the value that one sample in a hundred exceeds by chance. */
export function kolmogorovSmirnov(values: readonly number[], shareBelow: (value: number) => number) {
  const shares = values.map(shareBelow).sort((a, b) => a - b)
  const n = values.length
  const distance = Math.max(...shares.map((share, i) => Math.max((i + 1) / n - share, share - i / n)))
  return { distance, critical: 1.628 / Math.sqrt(n) }
}

/** How many of `times` (ascending, in ms) lie in each window of `windowMs`, over `lengthMs`. */
export function countsOf(times: readonly number[], windowMs: number, lengthMs: number): number[] {
  const counts = Array.from({ length: Math.floor(lengthMs / windowMs) }, () => 0)
  for (const time of times) {
    const window = Math.floor(time / windowMs)
    if (window < counts.length) counts[window] = (counts[window] ?? 0) + 1
  }
  return counts
}

/** Variance ÷ mean of the counts by window: 1 for Poisson, 0 for evenly spaced arrivals, about the squared variation of the gaps otherwise. */
export function dispersion(times: readonly number[], windowMs: number, lengthMs: number): number {
  const counts = countsOf(times, windowMs, lengthMs)
  return variance(counts) / mean(counts)
}
