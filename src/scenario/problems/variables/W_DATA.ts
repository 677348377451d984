import { rule } from '../../lint/subject.ts'
import { reportFeeders, reportTraces } from './E_DATA.ts'

/**
 * The lint rule (of `burn validate`) that warns of a data file that can be used but is probably not what was meant. Its message is written by the
 * reader of data files.
 */
export const W_DATA = rule('W_DATA', (subject, report) => {
  reportFeeders(subject, 'warning', report)
  reportTraces(subject, 'warning', report)
})
