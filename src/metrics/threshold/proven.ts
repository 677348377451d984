/**
 * Decides whether the outcome of a threshold still counts when burn itself was late: it does when lateness can only have made the threshold
 * harder to meet.
 */
import type { ThresholdResult, ThresholdState } from '../../result/schema.ts'
import { isUpper } from './expression/limit.ts'
import type { Threshold } from './threshold.ts'

/** The outcome of a threshold when the attempts that a disturbance of burn's own process may have affected are left out. */
export interface CleanOutcome {
  readonly state: ThresholdState
  /** True when too few attempts are left for the outcome to be reliable. */
  readonly fewSamples: boolean
}

/**
 * True when the outcome of a threshold is certain although burn itself was late. It is certain when the attempts that lateness may have affected do
 * not change it: `clean` is the outcome without them. It is also certain when the threshold passed and lateness can only have made its value worse,
 * as with most latencies, or does not affect it. Thresholds that only warn and skipped ones count as certain, because they do not matter for the
 * verdict.
 */
export function isProven(
  { metric, operator, severity, windowMs }: Threshold,
  state: ThresholdState,
  clean?: CleanOutcome,
): boolean {
  // A threshold that only warns does not affect the verdict.
  if (severity === 'warn' || state === 'skipped') return true
  if (clean?.state === state && state !== 'no_samples' && !clean.fewSamples) return true
  if (state !== 'passed') return false
  // The content of a reply does not depend on when it is read.
  if (metric.lateness === 'none') return true
  if (isUpper(operator)) return metric.lateness === 'raises'
  // After a pause, everything that was due arrives at once, so a single window may count more than happened in it.
  return (operator === '>' || operator === '>=') && metric.lateness === 'lowers' && windowMs === undefined
}

/**
 * True when burn's own lateness may be the only reason why a threshold passed or failed as it did. `clean` is its outcome without the attempts that
 * lateness may have affected. `timedOut` is true when attempts failed by time-outs, which lateness can cause.
 */
export function isContested(threshold: Threshold, state: ThresholdState, timedOut: boolean, clean?: CleanOutcome): boolean {
  if (isProven(threshold, state, clean) || state === 'no_samples') return false
  const { lateness, byTimeouts } = threshold.metric
  return !(state === 'failed' && (lateness === 'none' || (byTimeouts && !timedOut)))
}

/**
 * True when the outcomes of all thresholds of a run are certain although burn itself was late; true also when `results` is empty. For each threshold,
 * `results` has the outcome, and `clean` the outcome without the attempts that lateness may have affected. `results` may have more outcomes at its
 * end, those of burn's default rules that the run broke; they are never certain.
 */
export function isProvenRun(
  thresholds: readonly Threshold[],
  results: readonly ThresholdResult[],
  clean: readonly (CleanOutcome | undefined)[],
): boolean {
  return results.every(({ state }, i) => {
    const threshold = thresholds[i]
    return threshold !== undefined && isProven(threshold, state, clean[i])
  })
}

/**
 * True when burn's own lateness may be the only reason why at least one threshold of a run passed or failed. For each threshold, `results` has the
 * outcome, and `clean` the outcome without the attempts that lateness may have affected. `results` may have more outcomes at its end, those of burn's
 * default rules that the run broke. Lateness may have caused these only when attempts failed by time-outs (`timedOut`).
 */
export function isContestedRun(
  thresholds: readonly Threshold[],
  results: readonly ThresholdResult[],
  timedOut: boolean,
  clean: readonly (CleanOutcome | undefined)[],
): boolean {
  return results.some(({ state }, i) => {
    const threshold = thresholds[i]
    return threshold === undefined ? timedOut : isContested(threshold, state, timedOut, clean[i])
  })
}
