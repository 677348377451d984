/** Characters that replace a brace: Unicode noncharacters, which texts do not contain, each one UTF-16 unit long. */
const STAND_INS = ['\uffff', '\ufffe', '\ufdd0', '\ufdd1']

/** Matches an escaped `{{`, a comment, `{{{ … }}}`, or `{{ … }}` with quoted texts. */
const TAG =
  /\\+\{\{|\{\{~?!--[\s\S]*?--~?\}\}|\{\{~?![\s\S]*?\}\}|\{\{~?\{(?:"[^"]*"|'[^']*'|[^"'}])*\}~?\}\}|\{\{(?:"[^"]*"|'[^']*'|[^"'}])*\}\}/g

/** A template whose braces are hidden, and how to restore them. */
interface GuardedTemplate {
  /** The template with hidden braces; every character keeps its offset. */
  readonly text: string
  /** Restores the braces in a text of the parsed template. */
  restore(text: string): string
}

/**
 * Replaces each `}` right after a `}}`, as in `{"a":{"n":{{n}}}}`, by another character while the template is parsed, because
 * Handlebars would read three braces as one token and fail. Takes linear time.
 */
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
