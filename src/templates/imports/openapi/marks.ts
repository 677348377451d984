/** Marks templates in sample values by characters that texts never contain, so that JSON and URL encoding leave them alone. */
import { type Piece, withTemplates } from '../../foreign/common/literal.ts'

const [OPEN, CLOSE] = ['\ufdd3', '\ufdd4']
const MARK = /\ufdd3(\w+)\ufdd4/

/** Returns the name of a template helper, such as `uuid`, between special characters. In a sample text this mark stands for a call of the helper. */
export const marked = (helper: string) => OPEN + helper + CLOSE

/** True when a text contains the mark of a template helper, as `marked` makes it. */
export const isMarked = (text: string) => MARK.test(text)

/** Converts a sample text for a scenario: each mark of a template helper, as `marked` makes it, becomes `{{helper}}`; the rest is escaped as plain text. */
export function withMarks(text: string): string {
  return withTemplates(text.split(MARK).map((part, index): Piece => (index % 2 === 0 ? part : { template: `{{${part}}}` })))
}

/** Applies `change` to all parts of a sample text except the marks of template helpers, as `marked` makes them. */
export function aroundMarks(text: string, change: (text: string) => string): string {
  return text
    .split(MARK)
    .map((part, index) => (index % 2 === 0 ? change(part) : marked(part)))
    .join('')
}
