import { rule } from '../../lint/subject.ts'
import { reportMaps } from './E_WHOLE_MAP.ts'

/**
 * The lint rule (of `burn validate`) that warns of a built-in variable with members, such as `iteration`, inside a text, which then holds JSON in its
 * place.
 */
export const W_WHOLE_MAP = rule('W_WHOLE_MAP', (subject, report) =>
  reportMaps(subject, 'text', report, 'this text will hold its JSON'),
)
