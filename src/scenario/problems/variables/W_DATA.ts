import { rule } from '../../lint/subject.ts'
import { reportFeeders, reportTraces } from './E_DATA.ts'

/**
 * The lint rule (of `burn validate`) that warns of a data file, or a trace (a file with arrival times), that can be used but is probably not what was
 * meant.
 */
export const W_DATA = rule('W_DATA', (subject, report) => {
  reportFeeders(subject, 'warning', report)
  reportTraces(subject, 'warning', report)
})
