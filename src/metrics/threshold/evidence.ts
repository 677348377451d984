import type { Counters } from '../counts/counters.ts'
import { type CountedMetric, countedValue } from '../groups/catalogue.ts'
import type { Histogram } from '../histogram/histogram.ts'

/** A function that returns the histogram of a metric by its name, on which a threshold is evaluated; undefined when there is none. */
export type HistogramOf = (metric: string) => Histogram | undefined

/** The numbers about a group of attempts on which a threshold is evaluated: counters, histograms, and values computed from them. */
export interface Evidence {
  readonly counters: Counters
  /** The number of attempts that were in flight all through the window; 0 for a group of a finished run. */
  readonly inFlight: number
  /** Returns the value of a rate, share or count; null when it is not known. */
  readonly value: (metric: CountedMetric) => number | null
  readonly histogram: HistogramOf
}

/** Returns the numbers that a threshold is evaluated on for one time window, from the counters and histograms of that window. */
export function windowEvidence(counters: Counters, inFlight: number, windowMs: number, histogram: HistogramOf): Evidence {
  return { counters, inFlight, value: (metric) => countedValue(metric, counters, windowMs), histogram }
}
