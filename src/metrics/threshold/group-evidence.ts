/** Collects the numbers of a finished run on which thresholds are evaluated: those of a group of attempts, or of one check. */
import { type Counters, NO_COUNTERS } from '../counts/counters.ts'
import type { JudgeCounts } from '../counts/judge-counts.ts'
import { countedValue } from '../groups/catalogue.ts'
import type { GroupRecorder } from '../groups/group-recorder.ts'
import { evaluate } from './evaluate.ts'
import { type Evidence, type HistogramOf, windowEvidence } from './evidence.ts'
import type { CleanOutcome } from './proven.ts'
import type { Threshold } from './threshold.ts'

/**
 * The numbers that exist once for a whole run and not for each group of attempts: counters of iterations, connections and the judge, and
 * histograms such as that of `lag`.
 */
export interface WholeRunNumbers {
  readonly runCounters: Partial<Counters>
  runHistogramOf: HistogramOf
}

/**
 * Returns the numbers on which a threshold is evaluated. Those about attempts come from `group`, the attempts that the threshold selects; those that
 * exist only once, such as counters of iterations, come from `run`. Rates are per second of `windowMs`.
 */
export function groupEvidence(group: GroupRecorder, run: WholeRunNumbers, windowMs: number): Evidence {
  const counters = { ...group.counters, ...run.runCounters }
  return {
    counters,
    inFlight: 0,
    value: (metric) => (metric.ofRun ? countedValue(metric, counters, windowMs) : group.value(metric, windowMs)),
    histogram: (metric) => run.runHistogramOf(metric) ?? group.histogramOf(metric),
  }
}

/**
 * Returns the numbers about the whole run on which a threshold is evaluated. For a threshold with the tag `criterion` (one criterion of the judge),
 * the judge's scores are only those by that criterion.
 */
export function numbersFor({ metric, tags }: Threshold, run: WholeRunNumbers & { readonly judge: JudgeCounts }): WholeRunNumbers {
  if (!metric.name.startsWith('judge_') || tags.criterion === undefined) return run
  const { counters, scores } = run.judge.of(tags.criterion)
  return { runCounters: counters, runHistogramOf: () => scores }
}

/** True for a threshold on one named check, such as `checks{check=polite} ratio > 99%`. */
export const isOfCheck = ({ metric, tags }: Threshold): boolean => metric.name === 'checks' && tags.check !== undefined

/** Returns the numbers on which a threshold on one named check is evaluated: how often the check passed and failed, added up over all steps. */
export function checkEvidence(found: readonly { readonly passed: number; readonly failed: number }[]): Evidence {
  const checksHeld = found.reduce((sum, { passed }) => sum + passed, 0)
  const checksMade = found.reduce((sum, { failed }) => sum + failed, checksHeld)
  return windowEvidence({ ...NO_COUNTERS, checksHeld, checksMade }, 0, 0, () => undefined)
}

/**
 * Evaluates a threshold without those attempts of its group that a disturbance of burn's own process may have affected. Returns undefined when no
 * attempt was affected, and for thresholds on rates, with time windows, on single checks, or on what exists once for the whole run (connections,
 * iterations), which cannot be evaluated in this way.
 */
export function cleanOutcome(threshold: Threshold, group: GroupRecorder): CleanOutcome | undefined {
  const { metric, windowMs, tags } = threshold
  if (metric.kind === 'rate' || tags.check !== undefined || windowMs !== undefined) return undefined
  if (metric.kind !== 'distribution' && metric.ofRun) return undefined
  const { clean } = group
  return clean && evaluate(threshold, windowEvidence(clean.counters, 0, 0, clean.histogramOf))
}
