/** Marks templates in sample values by characters that texts never contain, so that JSON and URL encoding leave them alone. */
import { type Piece, withTemplates } from '../../foreign/common/literal.ts'

const [OPEN, CLOSE] = ['\ufdd3', '\ufdd4']
const MARK = /\ufdd3(\w+)\ufdd4/

/**
 * Returns a placeholder that stands for a call of a template helper, such as `uuid`, in a sample value for an OpenAPI request: the helper's name
 * between characters that no text contains. `aroundMarks` keeps it from being encoded, and `withMarks` makes the call `{{uuid}}` of it.
 */
export const marked = (helper: string) => OPEN + helper + CLOSE

/** True when a text contains a placeholder that `marked` made for a template helper, such as `uuid`. */
export const isMarked = (text: string) => MARK.test(text)

/**
 * Converts a sample value for an OpenAPI request to text for a scenario. Placeholders that `marked` made become calls of template helpers, such as
 * `{{uuid}}`; everything else is escaped, so that it is taken literally.
 */
export function withMarks(text: string): string {
  return withTemplates(text.split(MARK).map((part, index): Piece => (index % 2 === 0 ? part : { template: `{{${part}}}` })))
}

/**
 * Applies `change`, such as URL encoding, to a sample value for an OpenAPI request and returns the result. Placeholders that `marked` made for
 * template helpers, such as `uuid`, are left as they are.
 */
export function aroundMarks(text: string, change: (text: string) => string): string {
  return text
    .split(MARK)
    .map((part, index) => (index % 2 === 0 ? change(part) : marked(part)))
    .join('')
}
