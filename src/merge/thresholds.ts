/** Evaluates the thresholds and default rules of a whole run on the merged numbers of its parts. */
import { readCounters } from '../metrics/counts/counters.ts'
import { NO_ITERATIONS } from '../metrics/counts/iterations.ts'
import { GroupRecorder } from '../metrics/groups/group-recorder.ts'
import { isOfQuality, measureQuality } from '../metrics/quality/threshold-measure.ts'
import { brokenRules } from '../metrics/threshold/broken-rules.ts'
import { evaluate, evaluateMeasure } from '../metrics/threshold/evaluate.ts'
import { checkEvidence, cleanOutcome, groupEvidence, isOfCheck, numbersFor } from '../metrics/threshold/group-evidence.ts'
import type { CleanOutcome } from '../metrics/threshold/proven.ts'
import { readThreshold, type StoredThreshold } from '../metrics/threshold/stored.ts'
import type { Threshold } from '../metrics/threshold/threshold.ts'
import type { GroupMetrics, Result, ThresholdResult } from '../result/schema.ts'
import { type FoldedRun, wholeRunNumbers } from './numbers.ts'
import { qualityIn } from './quality.ts'
import { windowed } from './windowed.ts'

/**
 * The outcomes of all thresholds of a merged run. `results` holds one result for each item of `thresholds`, in the same order, and then one for each
 * default rule (such as at most 10 % failed iterations) that the run breaks.
 */
export interface Outcomes {
  readonly thresholds: readonly Threshold[]
  readonly results: readonly ThresholdResult[]
  /**
   * For each threshold, its outcome without the attempts that a disturbance of burn's own process may have slowed down; undefined where this is not
   * known.
   */
  readonly clean: readonly (CleanOutcome | undefined)[]
}

/**
 * Evaluates all thresholds and default rules of a run whose shards were merged.
 * @throws InputError when a stored histogram or threshold cannot be read
 */
export function outcomesOf(run: FoldedRun): Outcomes {
  const { result, data } = run
  const numbers = wholeRunNumbers(run)
  const total = groupOf(result.total)
  const thresholds = data.thresholds.map(readThreshold)
  const own = thresholds.map((threshold, i) => resultOf(threshold, data.thresholds[i], run, numbers, total))
  const clean = thresholds.map((threshold, i) => {
    const stored = data.thresholds[i]
    return stored?.measure || isOfQuality(threshold) ? undefined : cleanOutcome(threshold, selected(stored, total))
  })
  const broken = brokenRules({
    thresholds,
    results: own,
    iterations: { ...NO_ITERATIONS, ...data.counters },
    ok: result.total.counts.ok,
    steps: result.steps.map(({ name, counters }) => ({
      name,
      counters: readCounters(counters),
      expectsText: data.textSteps.includes(name),
    })),
  })
  return { thresholds, results: [...own, ...broken], clean }
}

function groupOf(metrics: GroupMetrics): GroupRecorder {
  const group = new GroupRecorder()
  group.addStored(metrics)
  return group
}

/** Returns the attempts that a threshold selects by its tags; all attempts of the run when it has no tags. */
const selected = (stored: StoredThreshold | undefined, total: GroupRecorder) => (stored?.group ? groupOf(stored.group) : total)

function resultOf(
  threshold: Threshold,
  stored: StoredThreshold | undefined,
  { result, data }: FoldedRun,
  numbers: ReturnType<typeof wholeRunNumbers>,
  total: GroupRecorder,
): ThresholdResult {
  const { aborted = false } = stored ?? {}
  const asMarked = (found: ThresholdResult) => ({ ...found, ...(aborted && { aborted }) })
  if (stored?.measure) return evaluateMeasure(threshold, stored.measure)
  if (isOfQuality(threshold)) return evaluateMeasure(threshold, measureQuality(threshold, qualityIn(data)))
  if (stored?.intervals && threshold.windowMs !== undefined) return windowed(threshold, stored.intervals, aborted)
  if (isOfCheck(threshold)) return asMarked(evaluate(threshold, checkEvidence(checksIn(result, threshold))))
  return asMarked(evaluate(threshold, groupEvidence(selected(stored, total), numbersFor(threshold, numbers), result.windowMs)))
}

/** Returns how often the check that a threshold names was met and not met: in all steps, or only in the step that the threshold names. */
function checksIn({ steps }: Result, { tags }: Threshold) {
  const asked = steps.filter(({ name }) => tags.step === undefined || tags.step === name)
  return asked.flatMap(({ checks }) => checks.filter(({ check }) => check === tags.check))
}
