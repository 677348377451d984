/** Splits a run into intervals, usually of one second, for thresholds that are evaluated while it goes on. */

import { type Counters, countersSince, NO_COUNTERS } from '../counts/counters.ts'
import { Histogram, type SparseHistogram } from '../histogram/histogram.ts'
import type { HistogramOf } from './evidence.ts'

/** The counters and histograms of a group of attempts between two moments of a run, on which thresholds with a time window are evaluated. */
export interface Interval {
  /** Start of the interval, in ms since the run began. */
  readonly fromMs: number
  readonly toMs: number
  /** The counts of attempts in the interval. */
  readonly counters: Counters
  /** The number of attempts in flight at the end of the interval. */
  readonly inFlight: number
  /** Returns the values of a metric that were measured during the interval; undefined for a metric that was not followed. */
  samples(metric: string): SparseHistogram | undefined
}

/**
 * Splits the totals of a run into intervals, for thresholds with a time window. Counters and histograms only grow during a run; each interval has
 * what was added to them since the interval before.
 */
export class IntervalSplitter {
  private readonly seen: ReadonlyMap<string, Histogram>
  private counters: Counters = NO_COUNTERS
  private toMs: number

  /** Starts the first interval. `metrics` are the metrics to follow; `startMs` is the start of the interval, in ms since the run began. */
  constructor(
    metrics: Iterable<{ readonly name: string; readonly kind: string; readonly unit: Histogram['unit'] }>,
    startMs = 0,
  ) {
    const distributions = [...metrics].filter((metric) => metric.kind === 'distribution')
    this.seen = new Map(distributions.map(({ name, unit }) => [name, new Histogram(unit)]))
    this.toMs = startMs
  }

  /** Returns the interval from the end of the last one to `toMs` (ms since the run began); `counters` are totals of the run. */
  next(toMs: number, counters: Counters, histogramOf: HistogramOf): Interval {
    const samples = new Map<string, SparseHistogram>()
    for (const [name, seen] of this.seen) {
      const news = histogramOf(name)?.since(seen)
      if (!news) continue
      seen.addSparse(news)
      samples.set(name, news)
    }
    const interval: Interval = {
      fromMs: this.toMs,
      toMs,
      counters: countersSince(counters, this.counters),
      inFlight: counters.started - counters.ok - counters.failed - counters.cut,
      samples: (metric) => samples.get(metric),
    }
    this.toMs = toMs
    this.counters = counters
    return interval
  }
}
