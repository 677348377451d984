/** Marks templates in sample values by characters that texts never contain, so that JSON and URL encoding leave them alone. */
import { type Piece, withTemplates } from '../../foreign/common/literal.ts'

const [OPEN, CLOSE] = ['\ufdd3', '\ufdd4']
const MARK = /\ufdd3(\w+)\ufdd4/

/**
 * Returns a placeholder that stands for a call of a template helper, such as `uuid`, in a sample text: the helper's name between special characters.
 */
export const marked = (helper: string) => OPEN + helper + CLOSE

/** True when a sample text contains the placeholder of a template helper. */
export const isMarked = (text: string) => MARK.test(text)

/**
 * Converts a sample value of an OpenAPI document to text for a scenario: placeholders of template helpers become calls such as `{{uuid}}`, and
 * everything else is escaped, so that it is taken literally.
 */
export function withMarks(text: string): string {
  return withTemplates(text.split(MARK).map((part, index): Piece => (index % 2 === 0 ? part : { template: `{{${part}}}` })))
}

/** Returns a sample text in which `change` is applied to all parts except the placeholders of template helpers. */
export function aroundMarks(text: string, change: (text: string) => string): string {
  return text
    .split(MARK)
    .map((part, index) => (index % 2 === 0 ? change(part) : marked(part)))
    .join('')
}
