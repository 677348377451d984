import { isUpper } from '../../../metrics/threshold/expression/limit.ts'
import type { Threshold } from '../../../metrics/threshold/threshold.ts'
import { rule } from '../../lint/subject.ts'

/** True for a threshold on a value that only moves away from the limit as the run goes on: it is met more easily the earlier the run ends. */
function isEasierEarly({ aggregate, operator }: Pick<Threshold, 'aggregate' | 'operator'>): boolean {
  if (aggregate.kind === 'count' || aggregate.kind === 'sum') return isUpper(operator) || operator === '=='
  const p = aggregate.kind === 'percentile' ? aggregate.p : undefined
  if (aggregate.kind === 'max' || p === 100) return isUpper(operator)
  return (aggregate.kind === 'min' || p === 0) && (operator === '>' || operator === '>=')
}

/**
 * The lint rule (of `burn validate`) that reports a threshold which is easier to meet in a shorter run, such as a limit on a sum, when `stopWhen:
 * settled` may end the run early.
 */
export const E_STOP_WHEN = rule('E_STOP_WHEN', ({ scenario: { stopWhen = [], thresholds = [] } }, report) => {
  if (!stopWhen.some(({ when, mode }) => when === 'settled' && mode === 'enforce')) return
  thresholds.forEach((threshold, index) => {
    const { windowMs, severity, text } = threshold
    if (severity !== 'fail' || windowMs !== undefined || !isEasierEarly(threshold)) return
    const message = `stopWhen: settled ends the run early, and ${text} is held more easily in a shorter one`
    report(['thresholds', index], 'value', message, 'limit a share, a percentile or a mean, or leave settled out')
  })
})
