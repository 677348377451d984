import { addTo, NO_COUNTERS, type OpenCounters, readCounters } from '../metrics/counts/counters.ts'
import { Histogram } from '../metrics/histogram/histogram.ts'
import { readSparse } from '../metrics/histogram/sparse.ts'
import { IntervalSplitter } from '../metrics/threshold/interval.ts'
import type { StoredInterval } from '../metrics/threshold/stored.ts'
import type { Threshold } from '../metrics/threshold/threshold.ts'
import { WindowEvaluator } from '../metrics/threshold/window.ts'
import type { ThresholdResult } from '../result/schema.ts'

/**
 * Evaluates a threshold with a time window on a merged run. `intervals` are the counters and samples of each second, already added up over all
 * shards. `aborted` says whether the threshold ended the load.
 */
export function windowed(threshold: Threshold, intervals: readonly StoredInterval[], aborted: boolean): ThresholdResult {
  const { metric } = threshold
  const evaluator = new WindowEvaluator(threshold)
  const splitter = new IntervalSplitter([metric])
  const counters: OpenCounters = { ...NO_COUNTERS }
  const samples = new Histogram(metric.unit)
  for (const interval of intervals) {
    addTo(counters, readCounters(interval.counters))
    if (interval.samples) samples.addSparse(readSparse(interval.samples))
    evaluator.feed(splitter.next(interval.toMs, { ...counters }, () => samples))
  }
  return evaluator.result(aborted)
}
