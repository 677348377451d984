/** Templates in sample values. They are marked by characters that texts never contain, so that JSON and URL encoding leave them alone. */
import { type Piece, withTemplates } from '../../foreign/common/literal.ts'

const [OPEN, CLOSE] = ['\ufdd3', '\ufdd4']
const MARK = /\ufdd3(\w+)\ufdd4/

/** A template helper, such as `uuid`, between special characters that mark it in a sample text. */
export const marked = (helper: string) => OPEN + helper + CLOSE

/** True when a sample text contains a marked template helper. */
export const isMarked = (text: string) => MARK.test(text)

/** A sample text for a scenario: marked helpers become templates, everything else is escaped as plain text. */
export function withMarks(text: string): string {
  return withTemplates(text.split(MARK).map((part, index): Piece => (index % 2 === 0 ? part : { template: `{{${part}}}` })))
}

/** A sample text with `change` applied to everything except the templates marked in it. */
export function aroundMarks(text: string, change: (text: string) => string): string {
  return text
    .split(MARK)
    .map((part, index) => (index % 2 === 0 ? change(part) : marked(part)))
    .join('')
}
