import type { Counts, GroupMetrics } from '../../result/schema.ts'
import { type Counters, countersSince, countsOf, storedCounters } from '../counts/counters.ts'
import type { Histogram } from '../histogram/histogram.ts'
import { ATTEMPT_DISTRIBUTIONS, COUNTED_METRICS, type CountedMetric, countedValue } from './catalogue.ts'
import { Measurements } from './measurements.ts'
import type { PendingSlices } from './slice.ts'

const COUNTED = COUNTED_METRICS.filter(({ ofRun }) => !ofRun)

/** The metrics of one group of attempts. Shares and counts cover all attempts; rates cover what happened before the end of the load. */
export class GroupRecorder {
  private readonly measured = new Measurements()
  private readonly pending: PendingSlices | undefined

  /** `pending` are the slices of attempts, which are added to the group before it is read. */
  constructor(pending?: PendingSlices) {
    this.pending = pending
  }

  /** The measurements of the group without those of pending slices, to add to them. */
  get receiving(): Measurements {
    return this.measured
  }

  private get current(): Measurements {
    this.pending?.flush()
    return this.measured
  }

  /** The numbers of attempts by outcome. When none is in flight, planned = ok + failed + cut + dropped. */
  get counts(): Counts {
    return countsOf(this.current.counters)
  }

  /** The number of attempts that have started and not ended. */
  get inFlight(): number {
    const { started, ok, failed, cut } = this.current.counters
    return started - ok - failed - cut
  }

  /** Gaps of itl that are 0 because several pieces came in one delivery. */
  get gapsTogether(): number {
    return this.current.gapsTogether
  }

  /** A copy of the counters of the whole run, from which shares and counts are computed. */
  get counters(): Counters {
    return { ...this.current.counters }
  }

  /** A copy of the counters of what happened before the end of the load, from which rates are computed. */
  get windowCounters(): Counters {
    const { counters, afterLoad } = this.current
    return countersSince(counters, afterLoad)
  }

  /** Returns the histogram of a metric with percentiles; undefined for other metrics. */
  histogramOf(metric: string): Histogram | undefined {
    return this.current.histogramOf(metric)
  }

  /** Returns the value of a share, count or rate; null when it is not known. A rate is per second of `windowMs`. */
  value(metric: CountedMetric, windowMs: number): number | null {
    if (metric.kind !== 'rate') return countedValue(metric, this.current.counters, windowMs)
    const isUnknown = metric.isKnown?.(this.current.tokenTotals()) === false
    return isUnknown ? null : countedValue(metric, this.windowCounters, windowMs)
  }

  /** Returns the values of all shares, counts and rates that groups have, by name of metric; null for one that is not known. */
  values(windowMs: number): Record<string, number | null> {
    return Object.fromEntries(COUNTED.map((metric) => [metric.name, this.value(metric, windowMs)]))
  }

  /** By latency: attempts missing from it because the run ended first; latencies that miss none are left out. */
  private censored(): Record<string, number> {
    const { counters } = this.measured
    const lost = ATTEMPT_DISTRIBUTIONS.map((metric) => [metric.name, metric.censored?.(counters) ?? 0] as const)
    return Object.fromEntries(lost.filter(([, count]) => count > 0))
  }

  /** Returns the metrics of the group in the form in which a result file holds them. Rates are per second of `windowMs`. */
  toMetrics(windowMs: number): GroupMetrics {
    const measured = this.current
    const { counters, gapsTogether, failedService } = measured
    const censored = this.censored()
    const afterLoad = storedCounters(measured.afterLoad)
    return {
      counts: this.counts,
      windowMs,
      values: this.values(windowMs),
      counters: storedCounters(counters),
      ...(Object.keys(afterLoad).length > 0 ? { countersAfterLoad: afterLoad } : {}),
      distributions: measured.distributions(),
      ...(Object.keys(censored).length > 0 ? { censored } : {}),
      ...(gapsTogether > 0 ? { gapsTogether } : {}),
      ...(failedService.count > 0 ? { failedServiceTime: failedService.toDistribution(0) } : {}),
      tokens: measured.tokenTotals(),
      bytesSent: counters.bytesSent,
      bytesReceived: counters.bytesReceived,
    }
  }
}
