import * as z from 'zod'
import { number, numberOrNull, text } from './fields.ts'

/** The schema, in `result.json`, of the unit of a metric. */
export const metricUnitSchema = z.enum(['ms', 'tokens', 'bytes', 'ratio', 'count', 'per_second', 'tokens_per_second', 'currency'])

/** The schema of the confidence interval of a percentile in a result: two values between which the percentile lies. */
export const percentileBoundsSchema = z.object({
  low: number('Lower bound, in the unit'),
  high: number('Upper bound, in the unit'),
})

/** The schema, in `result.json`, of the distribution of one metric, such as `ttft`: percentiles and a histogram. */
export const distributionSchema = z
  .object({
    unit: metricUnitSchema.describe('Unit of min, max, mean and the percentiles'),
    count: number('Number of samples'),
    min: numberOrNull('Smallest sample; null without samples'),
    max: numberOrNull('Largest sample; null without samples'),
    mean: numberOrNull('Mean of the samples; null without samples'),
    percentiles: z.record(z.string(), z.number().nullable()).describe('By name, p50 to p99.9; null without samples'),
    fewSamples: z.array(z.string()).describe('Names of the percentiles that have fewer than 10 samples above them'),
    bounds: z
      .record(z.string(), percentileBoundsSchema)
      .exactOptional()
      .describe(
        'By name: two samples between which a percentile lies, each bound with 99 % confidence, if the samples are independent. Only those that the number of samples certifies: 11 for p50, 130 for p95, 662 for p99, 6,636 for p99.9',
      ),
    leftOut: number('Number of ok attempts for which the value could not be formed, such as tpot of a reply of one frame'),
    histogram: text(
      'HdrHistogram V2, compressed, base64. ms are kept in µs, rates in thousandths, shares and prices in millionths, other units as they are',
    ),
  })
  .meta({ id: 'distribution', description: 'A distribution of samples' })
