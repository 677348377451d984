import type { MetricUnit } from '../../result/schema.ts'

/**
 * The precision with which histograms store values: for each unit, the number of integer steps that make one unit. One ms is 1,000 steps, so times
 * are stored in µs. The largest value is 3.6e9 steps, for example 1 h, 3.6 GB or 3.6 million tokens per second.
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
