/** Templates in sample values. They are marked by characters that texts never contain, so that JSON and URL encoding leave them alone. */
import { type Piece, withTemplates } from '../../foreign/common/literal.ts'

const [OPEN, CLOSE] = ['\ufdd3', '\ufdd4']
const MARK = /\ufdd3(\w+)\ufdd4/

/** Marks a template helper, such as `uuid`, in a sample text by special characters around it. */
export const marked = (helper: string) => OPEN + helper + CLOSE

/** True when a text contains the name of a template helper, such as `uuid`, between the marks that `marked` puts around it. */
export const isMarked = (text: string) => MARK.test(text)

/** Converts a sample text for a scenario: helpers between the marks that `marked` puts around them become templates, the rest is plain text. */
export function withMarks(text: string): string {
  return withTemplates(text.split(MARK).map((part, index): Piece => (index % 2 === 0 ? part : { template: `{{${part}}}` })))
}

/** Applies `change` to the parts of a sample text outside its marked template helpers. */
export function aroundMarks(text: string, change: (text: string) => string): string {
  return text
    .split(MARK)
    .map((part, index) => (index % 2 === 0 ? change(part) : marked(part)))
    .join('')
}
