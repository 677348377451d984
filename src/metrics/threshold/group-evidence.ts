/** The numbers of finished runs that thresholds are evaluated on: those of a group of attempts, and those of one check. */
import { type Counters, NO_COUNTERS } from '../counts/counters.ts'
import type { JudgeCounts } from '../counts/judge-counts.ts'
import { countedValue } from '../groups/catalogue.ts'
import type { GroupRecorder } from '../groups/group-recorder.ts'
import { evaluate } from './evaluate.ts'
import { type Evidence, type HistogramOf, windowEvidence } from './evidence.ts'
import type { CleanOutcome } from './proven.ts'
import type { Threshold } from './threshold.ts'

/** What exists once for a whole run: counters of iterations, connections and the judge, and the histograms of `lag` and the like. */
export interface WholeRunNumbers {
  readonly runCounters: Partial<Counters>
  runHistogramOf: HistogramOf
}

/** Returns the numbers of a group of attempts beside those of the whole run; rates are per second of `windowMs`. */
export function groupEvidence(group: GroupRecorder, run: WholeRunNumbers, windowMs: number): Evidence {
  const counters = { ...group.counters, ...run.runCounters }
  return {
    counters,
    inFlight: 0,
    value: (metric) => (metric.ofRun ? countedValue(metric, counters, windowMs) : group.value(metric, windowMs)),
    histogram: (metric) => run.runHistogramOf(metric) ?? group.histogramOf(metric),
  }
}

/** Returns the numbers of the run that a threshold is evaluated on: those of the run or, for a threshold on one criterion of the judge, of its scores. */
export function numbersFor({ metric, tags }: Threshold, run: WholeRunNumbers & { readonly judge: JudgeCounts }): WholeRunNumbers {
  if (!metric.name.startsWith('judge_') || tags.criterion === undefined) return run
  const { counters, scores } = run.judge.of(tags.criterion)
  return { runCounters: counters, runHistogramOf: () => scores }
}

/** True for a threshold on one named check. */
export const isOfCheck = ({ metric, tags }: Threshold): boolean => metric.name === 'checks' && tags.check !== undefined

/** Returns the numbers of one named check, from the counts of the steps that have it. */
export function checkEvidence(found: readonly { readonly passed: number; readonly failed: number }[]): Evidence {
  const checksHeld = found.reduce((sum, { passed }) => sum + passed, 0)
  const checksMade = found.reduce((sum, { failed }) => sum + failed, checksHeld)
  return windowEvidence({ ...NO_COUNTERS, checksHeld, checksMade }, 0, 0, () => undefined)
}

/**
 * Returns what a threshold comes to without the attempts of its group that a disturbance may have touched. Undefined where that says
 * nothing: no attempt was touched, and for rates, windows, single checks and what is not of attempts.
 */
export function cleanOutcome(threshold: Threshold, group: GroupRecorder): CleanOutcome | undefined {
  const { metric, windowMs, tags } = threshold
  if (metric.kind === 'rate' || tags.check !== undefined || windowMs !== undefined) return undefined
  const { clean } = group
  return clean && evaluate(threshold, windowEvidence(clean.counters, 0, 0, clean.histogramOf))
}
