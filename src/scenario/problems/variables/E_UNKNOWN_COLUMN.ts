import { nearest } from '../../../language/suggest.ts'
import { reportRead } from '../../lint/reads.ts'
import { rule } from '../../lint/subject.ts'
import { checkedFeeders } from './E_DATA.ts'

/**
 * The lint rule (of `burn validate`) that reports a template or condition that reads a column which its data file does not have. JSON files are left
 * out, because later rows may have other columns.
 */
export const E_UNKNOWN_COLUMN = rule('E_UNKNOWN_COLUMN', (subject, report) => {
  const complete = checkedFeeders(subject).filter((feeder) => feeder.complete)
  for (const use of subject.uses) {
    const { name } = use
    const known = complete.find((feeder) => feeder.name === name)?.columns
    const [column] = use.rest
    if (!known || column === undefined || known.includes(column)) continue
    const near = nearest(column, known)
    const hint = near === undefined ? `columns: ${known.join(', ')}` : `did you mean ${name}.${near}?`
    reportRead(report, use, name.length + 1 + column.length, `${name} has no column ${column}`, hint)
  }
})
