import { InputError } from '../../../errors.ts'
import { Histogram } from '../../../metrics/histogram/histogram.ts'
import type { Distribution } from '../../../result/schema.ts'

/**
 * Returns, for the HTML report, the histogram of a distribution; undefined when it has no samples, or cannot be read because the result was edited.
 */
export function storedHistogram(distribution: Distribution | undefined): Histogram | undefined {
  if (distribution === undefined || distribution.count === 0) return undefined
  try {
    return Histogram.of(distribution)
  } catch (error) {
    if (error instanceof InputError) return undefined
    throw error
  }
}
