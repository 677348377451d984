/** Checks whether a text is XML or HTML. */
import { once } from '../text/once.ts'

const NAME = '[\\p{L}_:][\\p{L}\\p{N}_:.-]*'
const xmlPatterns = once(() => ({
  /** Matches the next part of an XML text: characters, an entity, a comment or declaration, CDATA, or a tag. */
  piece: new RegExp(
    [
      '(?<text>[^<&]+)',
      '(?<entity>&(?:#\\d+|#x[\\da-fA-F]+|lt|gt|amp|apos|quot);)',
      '(?<skipped><!--(?:(?!--)[\\s\\S])*-->|<\\?[\\s\\S]*?\\?>|<!DOCTYPE[^[>]*(?:\\[[^\\]]*\\]\\s*)?>)',
      '(?<data><!\\[CDATA\\[[\\s\\S]*?\\]\\]>)',
      `</(?<end>${NAME})\\s*>`,
      `<(?<start>${NAME})(?<attributes>(?:\\s+${NAME}\\s*=\\s*(?:"[^<"]*"|'[^<']*'))*)\\s*(?<closed>/?)>`,
    ].join('|'),
    'uy',
  ),
  attribute: new RegExp(`(${NAME})\\s*=\\s*(?:"[^"]*"|'[^']*')`, 'gu'),
}))

/**
 * Returns why a text is not well-formed XML; undefined when it is. Checks for one root element, nested tags, quoted attributes without duplicates,
 * and no entities other than the five predefined ones. Document types are skipped unchecked.
 */
export function xmlProblem(text: string): string | undefined {
  const open: string[] = []
  let roots = 0
  const { piece: pattern, attribute } = xmlPatterns()
  pattern.lastIndex = 0
  for (let at = 0; at < text.length; at = pattern.lastIndex) {
    const piece = pattern.exec(text)?.groups
    if (piece === undefined) return `no XML at character ${at + 1}`
    const { text: words, entity, data, start, end, attributes = '', closed } = piece
    const outside = open.length === 0
    if (outside && ((words !== undefined && words.trim() !== '') || entity !== undefined || data !== undefined))
      return `text outside of the element, at character ${at + 1}`
    if (start !== undefined) {
      if (outside) roots += 1
      if (roots > 1) return `a second element <${start}> beside the first`
      const names = Array.from(attributes.matchAll(attribute), ([, name]) => name)
      if (new Set(names).size < names.length) return `<${start}> has an attribute twice`
      if (closed === '') open.push(start)
    } else if (end !== undefined && open.pop() !== end) return `</${end}> closes another element`
  }
  if (open.length > 0) return `<${open.at(-1)}> is not closed`
  return roots === 0 ? 'no element' : undefined
}

const list = (names: string): ReadonlySet<string> => new Set(names.split(' '))

/** The largest number of elements inside one another that is checked. */
const MAX_DEPTH = 500

/** The names of HTML elements without content. OPTIONAL has those whose end tag may be left out. */
const VOID = list('area base br col embed hr img input link meta source track wbr')
const OPTIONAL = list('html head body p li dt dd option optgroup thead tbody tfoot tr td th colgroup caption rt rp')
const ELEMENTS = new Set([
  ...VOID,
  ...OPTIONAL,
  ...list(
    'a abbr address article aside audio b bdi bdo blockquote button canvas cite code data datalist del details dfn dialog div dl em fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup i iframe ins kbd label legend main map mark math menu meter nav noscript object ol output picture pre progress q ruby s samp script search section select slot small span strong style sub summary sup svg table template textarea time title u ul var video',
  ),
])

/** Matches a tag, comment, or element whose content is text. If one of these is not closed, it extends to the end, so that no text is read twice. */
const HTML_TAG =
  /<!--(?:[\s\S]*?-->|[\s\S]*)|<!doctype[^>]*>|<(script|style|textarea|title)\b[^>]*>(?:[\s\S]*?<\/\1\s*>|[\s\S]*)|<(\/?)([a-z][a-z0-9-]*)((?:"[^"]*"|'[^']*'|[^"'>])*)>/gi

/**
 * Returns why a text is not HTML; undefined when it is. The text must begin and end with a tag. Each element must be one of HTML, have a hyphen in
 * its name, or lie within svg or math; elements that need an end tag must be closed in order.
 */
export function htmlProblem(text: string): string | undefined {
  const trimmed = text.trim()
  if (!/^<(?:!doctype\b|!--|[a-z])/i.test(trimmed)) return 'it does not begin with a tag'
  if (!trimmed.endsWith('>')) return 'it does not end with a tag'
  const open: string[] = []
  let count = 0
  for (const [tag, raw, slash, written = '', rest = ''] of trimmed.matchAll(HTML_TAG)) {
    if (raw !== undefined) count += 1
    if (written === '') continue
    const name = written.toLowerCase()
    const isForeign = open.includes('svg') || open.includes('math')
    if (!isForeign && !ELEMENTS.has(name) && !name.includes('-')) return `there is no element ${tag.slice(0, 40)}`
    count += 1
    if (open.length > MAX_DEPTH) return 'it is nested too deeply'
    if (slash !== '') {
      const problem = close(open, name)
      if (problem !== undefined) return problem
    } else if (!VOID.has(name) && !(rest.endsWith('/') && isForeign)) open.push(name)
  }
  const left = open.findLast((name) => !OPTIONAL.has(name))
  if (left !== undefined) return `<${left}> is not closed`
  return count === 0 ? 'no element' : undefined
}

/** Closes an element, and the open elements inside it whose end tag may be left out. Returns an error message when that is not possible. */
function close(open: string[], name: string): string | undefined {
  while (open.length > 0) {
    const last = open.pop()
    if (last === name) return undefined
    if (!OPTIONAL.has(last ?? '')) return `</${name}> closes <${last}>`
  }
  return OPTIONAL.has(name) || VOID.has(name) ? undefined : `</${name}> closes nothing`
}

/**
 * Returns the contents of a text's fenced code blocks (```) that are marked with this language, such as `xml`; `language` is in lower case, and the
 * mark may be in either.
 */
export function fencedIn(text: string, language: string): string[] {
  const fences = text.matchAll(/^[ \t]*```+[ \t]*([\w-]*)[^\n]*\n([\s\S]*?)^[ \t]*```/gm)
  return Array.from(fences).flatMap(([, name = '', content = '']) => (name.toLowerCase() === language ? [content] : []))
}
