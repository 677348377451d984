/** What a threshold is judged from: the numbers of one slice of the run, or of one window of it. */

import type { CheckCount, Counts, Slice } from '../../result/schema.ts'
import { Histogram } from '../histogram.ts'
import { censoredOf, partsOf, runValue, type Tally } from './tally.ts'

/** Looks a distribution up by the name of its metric. */
export type HistogramOf = (metric: string) => Histogram | undefined

export interface Evidence {
  readonly counts: Counts
  /** Attempts that were in flight all through the window; 0 for a slice of a finished run. */
  readonly inFlight: number
  /** A rate, share or count by name; null when it cannot be formed. */
  value(metric: string): number | null
  /** Part and whole of a share; undefined when the slice does not say. */
  parts(metric: string): { readonly part: number; readonly whole: number } | undefined
  histogram: HistogramOf
  /** Attempts that the end of the run kept out of a latency, though they would be among its slowest. */
  censored(metric: string): number
}

/** A slice that also knows its checks, as a step does, or all the counts behind its shares. */
export type JudgedSlice = Slice & { readonly checks?: readonly CheckCount[]; readonly tally?: Tally }

/** Evidence of a finished slice. Distributions come from `histogramOf` when it has them, else they are decoded. */
export function sliceEvidence(slice: JudgedSlice, histogramOf: HistogramOf = () => undefined): Evidence {
  const { counts, values } = slice
  return {
    counts,
    inFlight: 0,
    value: (metric) => values[metric] ?? countNamed(counts, metric),
    parts: (metric) => (slice.tally ? partsOf(metric, slice.tally) : storedParts(slice, metric)),
    histogram: (metric) => histogramOf(metric) ?? decoded(slice, metric),
    censored: (metric) => slice.censored?.[metric] ?? 0,
  }
}

/** Of a slice as it is stored: what its counts say. */
function storedParts({ counts, checks }: JudgedSlice, metric: string) {
  const { ok, failed, dropped, planned } = counts
  if (metric === 'errors') return { part: failed, whole: ok + failed + dropped }
  if (metric === 'dropped') return { part: dropped, whole: planned }
  if (metric !== 'checks' || !checks) return undefined
  const held = checks.reduce((sum, check) => sum + check.passed, 0)
  return { part: held, whole: checks.reduce((sum, check) => sum + check.failed, held) }
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
    parts: (metric) => partsOf(metric, tally),
    histogram,
    censored: (metric) => censoredOf(tally)[metric] ?? 0,
  }
}
