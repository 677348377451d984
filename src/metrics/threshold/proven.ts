/** The effect of a late generator on thresholds: one that passed although lateness can only have made it harder still counts. */
import type { ThresholdState } from '../../result/schema.ts'
import { isUpper } from './expression/limit.ts'
import type { Threshold } from './threshold.ts'

/**
 * Whether a threshold's result stands even if burn itself was late. A failed one does not, as lateness may have made it fail.
 * Nor does a limit on gaps and speeds (itl, stall, tpot): pieces of a reply that are read late, together, make them too short.
 */
export function isProven({ metric, operator, severity, windowMs }: Threshold, state: ThresholdState): boolean {
  // What only warns decides nothing.
  if (severity === 'warn' || state === 'skipped') return true
  if (state !== 'passed') return false
  // What a reply holds does not depend on when it is read.
  if (metric.lateness === 'none') return true
  if (isUpper(operator)) return metric.lateness === 'raises'
  // After a pause all that was due comes at once: a single window may see more than there was.
  return (operator === '>' || operator === '>=') && metric.lateness === 'lowers' && windowMs === undefined
}

/** Whether a threshold may have passed or failed only because burn itself was late. `timedOut` says that attempts failed by time-outs. */
export function isContested(threshold: Threshold, state: ThresholdState, timedOut: boolean): boolean {
  if (isProven(threshold, state) || state === 'no_samples') return false
  const { lateness, byTimeouts } = threshold.metric
  return !(state === 'failed' && (lateness === 'none' || (byTimeouts && !timedOut)))
}
