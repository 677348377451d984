/** What a threshold is judged from: the numbers of one slice of the run, or of one window of it. */
import { Histogram } from '../histogram.ts'
import type { CheckCount, Counts, Slice } from '../result.ts'
import { censoredOf, runValue, type Tally } from './tally.ts'

/** Looks a distribution up by the name of its metric. */
export type HistogramOf = (metric: string) => Histogram | undefined

export interface Evidence {
  readonly counts: Counts
  /** Attempts that were in flight all through the window; 0 for a slice of a finished run. */
  readonly inFlight: number
  /** A rate, share or count by name; null when it cannot be formed. */
  value(metric: string): number | null
  /** Checks made; undefined when the slice does not say. */
  readonly checksMade: number | undefined
  /** Checks that held; undefined when the slice does not say. */
  readonly checksHeld: number | undefined
  /** Iterations that ended; undefined when the slice does not say. */
  readonly iterationsEnded: number | undefined
  histogram: HistogramOf
  /** Attempts that the end of the run kept out of a latency, though they would be among its slowest. */
  censored(metric: string): number
}

/** A slice that also knows its checks, as a step does. */
export type JudgedSlice = Slice & { readonly checks?: readonly CheckCount[]; readonly iterationsEnded?: number }

/** Evidence of a finished slice. Distributions come from `histogramOf` when it has them, else they are decoded. */
export function sliceEvidence(slice: JudgedSlice, histogramOf: HistogramOf = () => undefined): Evidence {
  const { counts, values, checks } = slice
  const held = checks?.reduce((sum, check) => sum + check.passed, 0)
  const failed = checks?.reduce((sum, check) => sum + check.failed, 0)
  return {
    counts,
    inFlight: 0,
    value: (metric) => values[metric] ?? countNamed(counts, metric),
    checksHeld: held,
    iterationsEnded: slice.iterationsEnded,
    checksMade: held === undefined || failed === undefined ? undefined : held + failed,
    histogram: (metric) => histogramOf(metric) ?? decoded(slice, metric),
    censored: (metric) => slice.censored?.[metric] ?? 0,
  }
}

function countNamed(counts: Counts, metric: string): number | null {
  const named: Readonly<Record<string, number>> = {
    planned: counts.planned,
    ok: counts.ok,
    failed: counts.failed,
    cut: counts.cut,
  }
  return named[metric] ?? null
}

function decoded(slice: Slice, metric: string): Histogram | undefined {
  const stored = slice.distributions[metric]
  return stored && Histogram.of(stored)
}

/** Evidence of a window: counts are summed already, distributions merged. */
export function windowEvidence(tally: Tally, inFlight: number, windowMs: number, histogram: HistogramOf): Evidence {
  return {
    counts: tally,
    inFlight,
    value: (metric) => runValue(metric, tally, windowMs),
    checksHeld: tally.checksHeld,
    iterationsEnded: tally.iterationsEnded,
    checksMade: tally.checksMade,
    histogram,
    censored: (metric) => censoredOf(tally)[metric] ?? 0,
  }
}
