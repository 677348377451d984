import type { MetricUnit } from '../../result/schema.ts'

/**
 * How many integer steps a histogram has for one unit: ms are counted in µs, rates in thousandths, ratios and prices in millionths, the
 * others as they are. The largest value with a bucket is 3.6e9 steps: 1 h, 3.6 GB, 3.6 million tokens per second.
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
