/** Evaluates thresholds from exact numbers, once a run (or a merge of runs) is over. */
import type { ThresholdResult } from '../../result/schema.ts'
import type { Evidence } from './evidence.ts'
import { holds, isUpper } from './expression/limit.ts'
import { type Measure, measure } from './measure.ts'
import type { Threshold } from './threshold.ts'
import { censoredReason, comparison, missing } from './words.ts'

const STATE_WHEN_MISSING = { fail: 'no_samples', pass: 'passed', skip: 'skipped' } as const

/** Evaluates a threshold at the end of a run. `evidence` holds the numbers of the attempts that the tags of the threshold select. */
export function evaluate(threshold: Threshold, evidence: Evidence): ThresholdResult {
  return evaluateMeasure(threshold, measure(threshold, evidence))
}

/** Returns the result of a threshold for an observed value. With too few samples, the threshold's option `on_missing` decides. */
export function evaluateMeasure(threshold: Threshold, measured: Measure): ThresholdResult {
  const { observed, samples, fewSamples } = measured
  const { name, severity, limit, unit } = threshold
  const common = { threshold: name, severity, observed, limit, unit, samples, fewSamples }
  if (observed === null || samples < threshold.minSamples) {
    const few = { samplesNeeded: threshold.minSamples }
    return { ...common, ...few, state: STATE_WHEN_MISSING[threshold.onMissing], reason: missing(threshold, samples) }
  }
  if (!holds(observed, threshold.operator, limit)) {
    return { ...common, state: 'failed', reason: comparison(threshold, measured, observed) }
  }
  if (holdsForCensored(threshold, measured)) return { ...common, state: 'passed' }
  return { ...common, state: 'failed', reason: censoredReason(threshold, measured, observed) }
}

/**
 * True when an upper limit would hold even if all attempts that the end of the run cut off had been the slowest ones. Always true for
 * other limits.
 */
export function holdsForCensored({ operator, limit }: Threshold, { censored }: Measure): boolean {
  if (!censored || !isUpper(operator)) return true
  return censored.atLeast !== null && holds(censored.atLeast, operator, limit)
}

/** True when a threshold makes the run fail: it failed or had no samples, and is not only a warning. */
export function failsRun(result: ThresholdResult): boolean {
  return result.severity === 'fail' && (result.state === 'failed' || result.state === 'no_samples')
}
