/** The stop rule `settled`: a metric is known as exactly as the scenario demands. Computed by the method of batch means. */

import type { MetricUnit } from '../../result/schema.ts'
import { slopeOf } from '../../statistics/slope.ts'
import { mean, variance } from '../../statistics/spread.ts'
import { tQuantile } from '../../statistics/student.ts'
import { hasFewSamples } from '../histogram/bounds.ts'
import { Histogram, type SparseHistogram } from '../histogram/histogram.ts'

/** Largest number of batches. When it is reached, batches are joined in pairs, so that their length grows with the run. */
const MOST_BATCHES = 20
const LEAST_BATCHES = 10
const FIRST_BATCH_MS = 1000
/** Batches whose correlation with their neighbours is above this are too short to count as independent. */
const MOST_CORRELATION = 0.3

/**
 * The estimate of a metric for `stopWhen: settled`: the mean of its values in batches of equal length, and half the width of the 95 % confidence
 * interval, both in the unit of the metric.
 */
export interface BatchEstimate {
  readonly value: number
  readonly halfWidth: number
  readonly batches: number
  readonly batchMs: number
}

/**
 * Decides for `stopWhen: settled` whether a metric has settled. The run is cut into 10 to 19 batches of equal length, and the metric (a percentile or
 * mean) is computed for each batch. It has settled when the batches have enough samples, show no trend and do not depend on their neighbours, and the
 * confidence interval of their mean is narrow enough.
 * @see A. Law, "Simulation Modeling and Analysis" (2015), section 9.5.3 (batch means)
 */
export class SettlingTest {
  private readonly unit: MetricUnit
  private readonly p: number | undefined
  private readonly share: number
  private closed: Histogram[] = []
  private open: Histogram
  private openMs = 0
  private batchMs = FIRST_BATCH_MS

  /**
   * Starts a test whether a metric has settled. `p` is the percentile to estimate; undefined for the mean. `share` is the half width of the interval
   * that is narrow enough, as a share of the value.
   */
  constructor(unit: MetricUnit, p: number | undefined, share: number) {
    this.unit = unit
    this.p = p
    this.share = share
    this.open = new Histogram(unit)
  }

  /** Adds the samples of a second, and its length in ms. */
  add(lengthMs: number, samples: SparseHistogram | undefined): void {
    if (samples) this.open.addSparse(samples)
    this.openMs += lengthMs
    if (this.openMs < this.batchMs * 0.95) return
    this.closed.push(this.open)
    this.open = new Histogram(this.unit)
    this.openMs = 0
    if (this.closed.length === MOST_BATCHES) this.join()
  }

  /** The estimate of the metric once it is as exact as the scenario demands; undefined before. */
  get settled(): BatchEstimate | undefined {
    const { closed, p, share, batchMs } = this
    if (closed.length < LEAST_BATCHES) return undefined
    if (closed.some(({ count }) => count === 0 || (p !== undefined && hasFewSamples(count, p)))) return undefined
    const values = closed.map((batch) => (p === undefined ? batch.mean : batch.percentile(p)) ?? Number.NaN)
    const value = mean(values)
    const halfWidth = tQuantile(0.975, values.length - 1) * Math.sqrt(variance(values) / values.length)
    if (!(halfWidth <= share * value) || correlation(values) > MOST_CORRELATION) return undefined
    const trend = slopeOf(values.map((one, at) => ({ at, value: one })))
    if (trend && trend.low * trend.high > 0) return undefined
    return { value, halfWidth, batches: values.length, batchMs }
  }

  private join(): void {
    this.closed = this.closed.flatMap((batch, i) => {
      const next = this.closed[i + 1]
      if (i % 2 === 1 || !next) return []
      batch.merge(next)
      return [batch]
    })
    this.batchMs *= 2
  }
}

/** Returns the correlation of neighbouring values; 0 when all values are equal. */
function correlation(values: readonly number[]): number {
  const centre = mean(values)
  const whole = values.reduce((sum, value) => sum + (value - centre) ** 2, 0)
  if (whole === 0) return 0
  return values.slice(1).reduce((sum, value, i) => sum + (value - centre) * ((values[i] ?? centre) - centre), 0) / whole
}
