import { rule } from '../../lint/subject.ts'
import { reportFeeders } from './E_DATA.ts'

/** A data file that can be used, but hardly as it was meant. The words come from the reader of data files. */
export const W_DATA = rule('W_DATA', (subject, report) => reportFeeders(subject, 'warning', report))
