import type { MetricUnit } from '../../result/schema.ts'

/**
 * The number of integer steps of a histogram per unit of the metric: ms are counted in µs, rates in thousandths, ratios and prices in millionths,
 * all others as they are. The largest value with a bucket is 3.6e9 steps, for example 1 h, 3.6 GB or 3.6 million tokens per second.
 */
export const STEPS_PER_UNIT: Readonly<Record<MetricUnit, number>> = {
  ms: 1000,
  tokens: 1,
  bytes: 1,
  count: 1,
  ratio: 1_000_000,
  per_second: 1000,
  tokens_per_second: 1000,
  currency: 1_000_000,
}
