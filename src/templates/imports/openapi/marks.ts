/** Templates in sample values. They are marked by characters that texts never contain, so that JSON and URL encoding leave them alone. */
import { type Piece, withTemplates } from '../../foreign/common/literal.ts'

const [OPEN, CLOSE] = ['\ufdd3', '\ufdd4']
const MARK = /\ufdd3(\w+)\ufdd4/

/** The marked form of a template helper, such as `uuid`. */
export const marked = (helper: string) => OPEN + helper + CLOSE

/** True when a text contains a marked template. */
export const isMarked = (text: string) => MARK.test(text)

/** The text for a scenario: marks become templates, everything else is escaped as plain text. */
export function withMarks(text: string): string {
  return withTemplates(text.split(MARK).map((part, index): Piece => (index % 2 === 0 ? part : { template: `{{${part}}}` })))
}

/** The text with `change` applied to everything between marked templates. */
export function aroundMarks(text: string, change: (text: string) => string): string {
  return text
    .split(MARK)
    .map((part, index) => (index % 2 === 0 ? change(part) : marked(part)))
    .join('')
}
