/** What a threshold is evaluated from: the numbers of one group of attempts, or of one window of it. */

import type { Counters } from '../counts/counters.ts'
import { type CountedMetric, countedValue } from '../groups/catalogue.ts'
import type { Histogram } from '../histogram/histogram.ts'

/** Looks a distribution up by the name of its metric. */
export type HistogramOf = (metric: string) => Histogram | undefined

/** The numbers behind one evaluation. */
export interface Evidence {
  readonly counters: Counters
  /** Attempts that were in flight all through the window; 0 for a group of a finished run. */
  readonly inFlight: number
  /** A rate, share or count; null when it cannot be formed. */
  readonly value: (metric: CountedMetric) => number | null
  readonly histogram: HistogramOf
}

/** Evidence of a window: counters are summed already, distributions merged. */
export function windowEvidence(counters: Counters, inFlight: number, windowMs: number, histogram: HistogramOf): Evidence {
  return { counters, inFlight, value: (metric) => countedValue(metric, counters, windowMs), histogram }
}
