/** Computes the limits above which a value is an anomaly. Latencies have about a log-normal distribution, so the rule uses their logarithms. */

/** A value, such as a latency, with the number of times that it occurred in a run. */
export type Weighted = readonly [value: number, count: number]

/** The limit above which a metric's value is an anomaly in a run, with the median and the number of the values from which it was computed. */
export interface Limit {
  readonly median: number
  readonly limit: number
  /** Number of values from which median and limit were computed. */
  readonly samples: number
}

/** The smallest number of values for which a limit is computed. */
const MIN_VALUES = 20
/**
 * The robust z-score above which a value is an outlier. NORMAL_SHARE converts the median deviation of a normal distribution to its standard
 * deviation.
 */
const MAX_Z = 3.5
const NORMAL_SHARE = 0.6745
/** The smallest assumed spread in log units. Otherwise, among replies that all take the same time, a slightly slower one would be an outlier. */
const MIN_DEVIATION = 0.05

/**
 * Returns the limit above which a time in ms is slow; undefined with fewer than 20 values. It is the time whose modified z-score, 0.6745 · (ln t −
 * m) ÷ MAD, is 3.5, but at least twice the median and at least 200 ms above it. Here `m` is the median of the logarithms and MAD their median
 * absolute deviation. `rising` are the measured times in rising order; 0 counts as 1 µs.
 * @see B. Iglewicz and D. Hoaglin, "How to detect and handle outliers" (1993)
 */
export function slowLimit(rising: readonly Weighted[]): Limit | undefined {
  const count = countOf(rising)
  if (count < MIN_VALUES) return undefined
  const median = weightedMedian(rising, count)
  const centre = logOf(median)
  const distances = rising.map(([value, times]): Weighted => [Math.abs(logOf(value) - centre), times]).sort(([a], [b]) => a - b)
  const deviation = Math.max(weightedMedian(distances, count), MIN_DEVIATION)
  return {
    median,
    samples: count,
    limit: Math.max(Math.exp(centre + (MAX_Z * deviation) / NORMAL_SHARE), 2 * median, median + 200),
  }
}

/**
 * Returns the limit above which a gap in ms between the pieces of a reply is a stall: ten times the median gap, and at least 2 s. Undefined when no
 * gap was measured.
 */
export function stallLimit(rising: readonly Weighted[]): Limit | undefined {
  const count = countOf(rising)
  if (count === 0) return undefined
  const median = weightedMedian(rising, count)
  return { median, samples: count, limit: Math.max(2000, 10 * median) }
}

/** Returns the limit above which a reply has unusually many tokens: five times the median. Undefined with fewer than 20 values, or a median of 0. */
export function tokenLimit(rising: readonly Weighted[]): Limit | undefined {
  const count = countOf(rising)
  const median = weightedMedian(rising, count)
  return count < MIN_VALUES || median === 0 ? undefined : { median, samples: count, limit: 5 * median }
}

const logOf = (ms: number) => Math.log(Math.max(ms, 0.001))

function countOf(values: readonly Weighted[]): number {
  return values.reduce((sum, [, times]) => sum + times, 0)
}

/** Returns the weighted median; of two values in the middle, the lower one. */
function weightedMedian(rising: readonly Weighted[], count: number): number {
  let seen = 0
  for (const [value, times] of rising) {
    seen += times
    if (seen * 2 >= count) return value
  }
  return 0
}
