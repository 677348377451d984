/**
 * A `}` right behind a `}}`, as in `{"a":{"n":{{n}}}}`: Handlebars reads the first three braces as one mark and fails. Each such brace is hidden
 * behind another character while the template is parsed, and is put back in the parsed text.
 */

/** Unicode noncharacters: nobody writes them, and each is one UTF-16 unit, so places stay right. */
const STAND_INS = ['\uffff', '\ufffe', '\ufdd0', '\ufdd1']

/** An escaped `{{`, a long comment, a comment, `{{{ … }}}`, or `{{ … }}` with texts in quotes. */
const TAG =
  /\\+\{\{|\{\{~?!--[\s\S]*?--~?\}\}|\{\{~?![\s\S]*?\}\}|\{\{~?\{(?:"[^"]*"|'[^']*'|[^"'}])*\}~?\}\}|\{\{(?:"[^"]*"|'[^']*'|[^"'}])*\}\}/g

/** A template whose braces are hidden, and the way back. */
interface GuardedTemplate {
  /** As long as the source, character by character. */
  readonly text: string
  /** Puts the braces back in a text of the parsed template. */
  restore(text: string): string
}

/** Hides each `}` that stands right behind a tag. Linear in the length of the source. */
export function guardBraces(source: string): GuardedTemplate {
  const standIn = STAND_INS.find((character) => !source.includes(character))
  const hidden = standIn === undefined ? [] : bracesBehindTags(source)
  if (standIn === undefined || hidden.length === 0) return { text: source, restore: (text) => text }
  let text = ''
  let done = 0
  for (const at of hidden) {
    text += source.slice(done, at) + standIn
    done = at + 1
  }
  return { text: text + source.slice(done), restore: (part) => part.replaceAll(standIn, '}') }
}

function bracesBehindTags(source: string): number[] {
  if (!source.includes('}}}')) return []
  const found: number[] = []
  for (const { 0: tag, index } of source.matchAll(TAG)) {
    const end = index + tag.length
    if (tag.endsWith('}}') && source[end] === '}') found.push(end)
  }
  return found
}
