import { terminalSafe, xmlAttribute } from '../../../text/escape.ts'

/** HTML or SVG in which all untrusted text is escaped. Use the function `markup` to make it. */
export class Markup {
  readonly html: string

  constructor(html: string) {
    this.html = html
  }
}

/**
 * A value that can be filled into a `markup` template: HTML, texts (which are escaped), numbers, and lists of these. `undefined` and `false` add
 * nothing.
 */
export type MarkupPart = Markup | string | number | readonly MarkupPart[] | undefined | false

/**
 * Returns HTML from a template literal. Values that are filled in are escaped, so that they are safe in text and in attributes in double quotes,
 * unless they are `Markup` already. Control characters and invisible ones are shown as `\u{1b}` and the like, except for tabs and line feeds.
 */
export function markup(pieces: TemplateStringsArray, ...parts: readonly MarkupPart[]): Markup {
  let html = pieces[0] ?? ''
  for (const [at, part] of parts.entries()) html += htmlOf(part) + (pieces[at + 1] ?? '')
  return new Markup(html)
}

function htmlOf(part: MarkupPart): string {
  if (part === undefined || part === false) return ''
  if (part instanceof Markup) return part.html
  if (typeof part === 'object') return part.map(htmlOf).join('')
  return typeof part === 'number' ? String(part) : xmlAttribute(terminalSafe(part))
}

/**
 * Returns, for the HTML report, an untrusted text on one line with control characters made visible, cut to `maxLength` characters; a cut text ends in
 * `…`.
 */
export function oneLine(text: string, maxLength = 400): string {
  return cutText(
    text
      .slice(0, 4 * maxLength)
      .replace(/\s+/g, ' ')
      .trim(),
    maxLength,
  )
}

/**
 * Returns, for the HTML report, a text with control characters made visible, cut to `maxLength` characters; line ends are kept, and a cut text ends
 * in `…`.
 */
export function cutText(text: string, maxLength: number): string {
  return terminalSafe(text.replace(/\r\n?/g, '\n'), { maxLength })
}
