import type { Counters } from '../counts/counters.ts'
import { type CountedMetric, countedValue } from '../groups/catalogue.ts'
import type { Histogram } from '../histogram/histogram.ts'

/** A function that returns the histogram of a metric by name; undefined when there is none. */
export type HistogramOf = (metric: string) => Histogram | undefined

/** The numbers from which one threshold is evaluated. */
export interface Evidence {
  readonly counters: Counters
  /** Attempts that were in flight all through the window; 0 for a group of a finished run. */
  readonly inFlight: number
  /** A rate, share or count; null when it cannot be formed. */
  readonly value: (metric: CountedMetric) => number | null
  readonly histogram: HistogramOf
}

/** Returns the evidence for a time window of `windowMs`, from the counters and histograms of that window alone. */
export function windowEvidence(counters: Counters, inFlight: number, windowMs: number, histogram: HistogramOf): Evidence {
  return { counters, inFlight, value: (metric) => countedValue(metric, counters, windowMs), histogram }
}
