/** Intervals of a run, one second as a rule: the input of thresholds that are evaluated while it goes on. */

import { type Counters, countersSince, NO_COUNTERS } from '../counts/counters.ts'
import { Histogram, type SparseHistogram } from '../histogram/histogram.ts'
import type { HistogramOf } from './evidence.ts'

/** The counts and samples between two moments of a run. */
export interface Interval {
  /** ms since the run began. */
  readonly fromMs: number
  readonly toMs: number
  /** What was counted within the interval. */
  readonly counters: Counters
  /** Attempts in flight at its end. */
  readonly inFlight: number
  /** Samples of a distribution within the interval. */
  samples(metric: string): SparseHistogram | undefined
}

/** Splits the growing numbers of one group into intervals, for the metrics that its thresholds name. */
export class IntervalSplitter {
  private readonly seen: ReadonlyMap<string, Histogram>
  private counters: Counters = NO_COUNTERS
  private toMs: number

  /** `startMs`: where the first interval begins, in ms since the run began. */
  constructor(
    metrics: Iterable<{ readonly name: string; readonly kind: string; readonly unit: Histogram['unit'] }>,
    startMs = 0,
  ) {
    const distributions = [...metrics].filter((metric) => metric.kind === 'distribution')
    this.seen = new Map(distributions.map(({ name, unit }) => [name, new Histogram(unit)]))
    this.toMs = startMs
  }

  /** The interval from the end of the one before to `toMs` (ms since the run began), given all that was counted by then. */
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
