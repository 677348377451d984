import { rule } from '../../lint/subject.ts'
import { reportFeeders } from './E_DATA.ts'

/** The rule that warns of a data file that works, but hardly as meant. The reader of data files words the problem. */
export const W_DATA = rule('W_DATA', (subject, report) => reportFeeders(subject, 'warning', report))
