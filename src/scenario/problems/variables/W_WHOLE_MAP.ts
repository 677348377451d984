import { rule } from '../../lint/subject.ts'
import { reportMaps } from './E_WHOLE_MAP.ts'

/**
 * The lint rule (of `burn validate`) that warns of a built-in variable with members, such as `iteration`, in a text, because the variable is inserted
 * as JSON.
 */
export const W_WHOLE_MAP = rule('W_WHOLE_MAP', (subject, report) =>
  reportMaps(subject, 'text', report, 'this text will hold its JSON'),
)
