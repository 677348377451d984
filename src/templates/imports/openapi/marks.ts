/** Templates in made-up values: marked by characters that no text has, so that they go through JSON and addresses unharmed. */
import { type Piece, withTemplates } from '../../foreign/common/literal.ts'

const [OPEN, CLOSE] = ['\ufdd3', '\ufdd4']
const MARK = /\ufdd3(\w+)\ufdd4/

/** The mark of a helper, such as `uuid`. */
export const marked = (helper: string) => OPEN + helper + CLOSE

/** Whether a text holds such a mark. */
export const isMarked = (text: string) => MARK.test(text)

/** The text of a scenario: a template for each mark, all else as it is. */
export function withMarks(text: string): string {
  return withTemplates(text.split(MARK).map((part, index): Piece => (index % 2 === 0 ? part : { template: `{{${part}}}` })))
}

/** The text with all but its marks changed. */
export function aroundMarks(text: string, change: (text: string) => string): string {
  return text
    .split(MARK)
    .map((part, index) => (index % 2 === 0 ? change(part) : marked(part)))
    .join('')
}
