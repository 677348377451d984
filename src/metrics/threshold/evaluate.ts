/** Evaluates thresholds from exact numbers, once a run (or a merge of runs) is over. */
import type { ThresholdResult } from '../../result/schema.ts'
import { certifiedSamples } from '../../statistics/certified.ts'
import type { Evidence } from './evidence.ts'
import { holds, isUpper } from './expression/limit.ts'
import { type Measure, measure } from './measure.ts'
import type { Threshold } from './threshold.ts'
import { censoredReason, comparison, fewForCertainty, missing, undecidedReason } from './words.ts'

const STATE_WHEN_MISSING = { fail: 'no_samples', pass: 'passed', skip: 'skipped' } as const

/** Evaluates a threshold at the end of a run. `evidence` holds the counters and histograms of the attempts that the threshold's tags select. */
export function evaluate(threshold: Threshold, evidence: Evidence): ThresholdResult {
  return evaluateMeasure(threshold, measure(threshold, evidence))
}

/**
 * Returns the result of a threshold for the value that was observed. If there is no value, or there are too few samples, the option `on_missing` of
 * the threshold says whether it passes, fails or is skipped.
 */
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
  if (!holdsForCensored(threshold, measured))
    return { ...common, state: 'failed', reason: censoredReason(threshold, measured, observed) }
  return { ...common, state: 'passed', ...certaintyOf(threshold, measured, observed) }
}

/** The fields of a threshold's result about the certainty of a percentile: its bounds, the confidence, and the state if it changes. */
type CertaintyFields = Pick<ThresholdResult, 'bounds' | 'confidence'> &
  Partial<Pick<ThresholdResult, 'state' | 'reason' | 'samplesNeeded'>>

/**
 * Decides whether a threshold on a percentile that the samples meet is met for certain. Without the option `certain`, only the bounds are returned.
 * With it, the threshold is undecided when its limit lies within the bounds, or when there are too few samples for bounds.
 */
function certaintyOf(threshold: Threshold, measured: Measure, observed: number): CertaintyFields {
  const { bounds } = measured
  const { uncertainty, aggregate, operator, limit } = threshold
  const shown = bounds ? { bounds } : {}
  if (uncertainty === undefined) return shown
  const common = { ...shown, confidence: 1 - uncertainty }
  const needed = certifiedSamples(aggregate.kind === 'percentile' ? aggregate.p : 50, uncertainty)
  if (measured.samples < needed)
    return {
      ...common,
      state: 'undecided',
      samplesNeeded: needed,
      reason: fewForCertainty(threshold, measured, observed, needed),
    }
  if (!bounds) return { ...common, state: 'undecided', reason: censoredReason(threshold, measured, observed) }
  const bound = isUpper(operator) ? bounds.high : bounds.low
  if (holds(bound, operator, limit)) return common
  return { ...common, state: 'undecided', reason: undecidedReason(threshold, measured, observed, bound) }
}

/**
 * True when a threshold with an upper limit would be met even if all attempts that the end of the run cut off had been the slowest. Always true for a
 * threshold without an upper limit.
 */
export function holdsForCensored({ operator, limit }: Threshold, { censored }: Measure): boolean {
  if (!censored || !isUpper(operator)) return true
  return censored.atLeast !== null && holds(censored.atLeast, operator, limit)
}
