import { isUpper } from '../../../metrics/threshold/expression/limit.ts'
import { rule } from '../../lint/subject.ts'

/** What only grows while a run goes on. */
const GROWING = new Set(['count', 'sum', 'max'])

/**
 * The rule that reports thresholds with an upper limit on a count, sum or maximum beside `stopWhen: settled`, because they are met more easily the
 * sooner the run ends.
 */
export const E_STOP_WHEN = rule('E_STOP_WHEN', ({ scenario: { stopWhen = [], thresholds = [] } }, report) => {
  if (!stopWhen.some(({ when, mode }) => when === 'settled' && mode === 'enforce')) return
  thresholds.forEach(({ aggregate, operator, windowMs, severity, text }, index) => {
    if (severity !== 'fail' || windowMs !== undefined || !GROWING.has(aggregate.kind) || !isUpper(operator)) return
    const message = `stopWhen: settled ends the run early, and ${text} is held more easily in a shorter one`
    report(['thresholds', index], 'value', message, 'limit a share, a percentile or a mean, or leave settled out')
  })
})
