/** Marks templates in sample values by characters that texts never contain, so that JSON and URL encoding leave them alone. */
import { type Piece, withTemplates } from '../../foreign/common/literal.ts'

const [OPEN, CLOSE] = ['\ufdd3', '\ufdd4']
const MARK = /\ufdd3(\w+)\ufdd4/

/**
 * Returns a mark (the name of a template helper, such as `uuid`, between special characters) that stands for a call of this helper in a sample text.
 */
export const marked = (helper: string) => OPEN + helper + CLOSE

/** True when a sample text contains a mark that stands for a template helper. */
export const isMarked = (text: string) => MARK.test(text)

/**
 * Converts a sample value of an OpenAPI document to text for a scenario: marks that stand for a template helper become a call such as `{{uuid}}`, and
 * everything else is escaped, so that it is taken literally.
 */
export function withMarks(text: string): string {
  return withTemplates(text.split(MARK).map((part, index): Piece => (index % 2 === 0 ? part : { template: `{{${part}}}` })))
}

/** Applies `change` to all parts of a sample text except the marks that stand for template helpers. */
export function aroundMarks(text: string, change: (text: string) => string): string {
  return text
    .split(MARK)
    .map((part, index) => (index % 2 === 0 ? change(part) : marked(part)))
    .join('')
}
