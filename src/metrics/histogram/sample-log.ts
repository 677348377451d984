import type { MetricUnit } from '../../result/schema.ts'
import { bucketOf } from './buckets.ts'
import { HIGHEST } from './hdr-codec.ts'
import { STEPS_PER_UNIT } from './units.ts'

const FIRST_LENGTH = 16
/** What a log keeps of its memory when it is cleared, in samples. */
const KEPT_LENGTH = 4096

/** The samples of one metric, as a list of histogram bucket indexes. It is fast to write, and can be added to any number of histograms later. */
export class SampleLog {
  /** The index of the bucket of each sample, up to `count`. */
  indexes = new Uint16Array(FIRST_LENGTH)
  count = 0
  /** Values that are no measurement (NaN, negative, infinite): not recorded. */
  refused = 0
  /** The smallest value, in the metric's unit; Infinity (and −Infinity for `highest`) without samples. */
  lowest = Number.POSITIVE_INFINITY
  highest = Number.NEGATIVE_INFINITY
  /** The sum of all values in integer steps. */
  sumSteps = 0
  private readonly steps: number
  private readonly largest: number

  constructor(unit: MetricUnit) {
    this.steps = STEPS_PER_UNIT[unit]
    this.largest = Number.MAX_SAFE_INTEGER / this.steps
  }

  /** Adds one value. One above the range of histograms counts in their top bucket, and `highest` keeps it exactly. */
  record(value: number): void {
    // Written so that NaN is refused too.
    if (!(value >= 0 && value <= this.largest)) {
      this.refused += 1
      return
    }
    const steps = Math.round(value * this.steps)
    if (this.count === this.indexes.length) this.grow()
    this.indexes[this.count] = bucketOf(steps > HIGHEST ? HIGHEST : steps)
    this.count += 1
    this.sumSteps += steps
    if (value < this.lowest) this.lowest = value
    if (value > this.highest) this.highest = value
  }

  /** Forgets all samples. */
  clear(): void {
    if (this.indexes.length > KEPT_LENGTH) this.indexes = new Uint16Array(FIRST_LENGTH)
    this.count = 0
    this.refused = 0
    this.sumSteps = 0
    this.lowest = Number.POSITIVE_INFINITY
    this.highest = Number.NEGATIVE_INFINITY
  }

  private grow(): void {
    const longer = new Uint16Array(2 * this.indexes.length)
    longer.set(this.indexes)
    this.indexes = longer
  }
}
