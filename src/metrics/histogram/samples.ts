import type { MetricUnit } from '../../result/schema.ts'
import { bucketOf } from './buckets.ts'
import { HIGHEST } from './hdr-codec.ts'
import { STEPS_PER_UNIT } from './units.ts'

/**
 * The exact number, minimum and maximum of one metric's samples, and their sum in integer steps. Subclasses also store the samples, each as the index
 * of a histogram bucket.
 */
export abstract class Samples {
  /** Number of samples. */
  count = 0
  /** Number of values that were not recorded because they are no measurement (NaN, negative or infinite). */
  refused = 0
  /** The smallest value, in the metric's unit; Infinity (and −Infinity for `highest`) without samples. */
  lowest = Number.POSITIVE_INFINITY
  highest = Number.NEGATIVE_INFINITY
  /** The sum of all values in integer steps, so that sums are exact. */
  sumSteps = 0
  /** Number of integer steps in one unit of the metric. */
  protected readonly steps: number
  private readonly largest: number

  constructor(unit: MetricUnit) {
    this.steps = STEPS_PER_UNIT[unit]
    this.largest = Number.MAX_SAFE_INTEGER / this.steps
  }

  /** Stores one sample, given by the index of its histogram bucket. Called before the sample is counted. */
  protected abstract keep(bucket: number): void

  /** Adds one value. A value above the range counts in the top bucket, and `highest` keeps it exactly. */
  record(value: number): void {
    // Written so that NaN is refused too.
    if (!(value >= 0 && value <= this.largest)) {
      this.refused += 1
      return
    }
    const steps = Math.round(value * this.steps)
    this.keep(bucketOf(steps > HIGHEST ? HIGHEST : steps))
    this.count += 1
    this.sumSteps += steps
    if (value < this.lowest) this.lowest = value
    if (value > this.highest) this.highest = value
  }

  /** Removes all samples. */
  reset(): void {
    this.count = 0
    this.refused = 0
    this.sumSteps = 0
    this.lowest = Number.POSITIVE_INFINITY
    this.highest = Number.NEGATIVE_INFINITY
  }

  /** Adds the sum, smallest and largest value of `other`. The caller adds the buckets. */
  protected addExact(other: Pick<Samples, 'lowest' | 'highest' | 'sumSteps'>): void {
    this.sumSteps += other.sumSteps
    if (other.lowest < this.lowest) this.lowest = other.lowest
    if (other.highest > this.highest) this.highest = other.highest
  }
}
