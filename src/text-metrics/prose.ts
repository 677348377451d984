/** Finds the prose in a text. Code, tables and JSON are left out, because they repeat themselves by nature. */
import { jsonIn } from '../text/json.ts'

/** The limits on the search for JSON in a text: characters, candidates and steps. */
const MAX_SEARCHED = 256 * 1024
const MAX_CANDIDATES = 100
const MAX_STEPS = 1024 * 1024

/** Matches a block of code between lines of three backticks or tildes. The last block may lack its end. */
const FENCED = /^[ \t]*(```+|~~~+).*\n(?:[\s\S]*?^[ \t]*\1[ \t]*$|[\s\S]*)/gm
const TABLE_ROW = /^[ \t]*\|.*$/gm

/** Returns a text without its fenced code blocks, table rows, and JSON objects and lists. */
export function proseOf(text: string): string {
  const withoutCode = text.includes('```') || text.includes('~~~') ? text.replace(FENCED, '\n') : text
  const withoutTables = withoutCode.includes('|') ? withoutCode.replace(TABLE_ROW, '') : withoutCode
  return withoutJson(withoutTables)
}

/** True when a reply ends within a fenced code block (```), which shows that it was cut off. */
export function endsInFence(text: string): boolean {
  let open: string | undefined
  for (const [, mark = ''] of text.matchAll(/^[ \t]*(```+|~~~+)/gm)) {
    if (open === undefined) open = mark
    else if (mark[0] === open[0] && mark.length >= open.length) open = undefined
  }
  return open !== undefined
}

function withoutJson(text: string): string {
  let rest = ''
  let from = 0
  for (const { start, end } of jsonSpans(text)) {
    rest += text.slice(from, start)
    from = end
  }
  return from === 0 ? text : rest + text.slice(from)
}

/**
 * Yields the start and end offset of each JSON object or list in a text, for example between words or in a code block; nested objects and lists are
 * not listed separately. The search ends after 256 Ki characters, or when it has tried 100 opening brackets.
 */
export function* jsonSpans(text: string): Generator<{ readonly start: number; readonly end: number }> {
  const searched = text.slice(0, MAX_SEARCHED)
  const bracket = /[[{]/g
  let steps = 0
  for (let tries = 0; tries < MAX_CANDIDATES && steps < MAX_STEPS; tries += 1) {
    const start = bracket.exec(searched)?.index
    if (start === undefined) return
    const end = balancedEnd(searched, start)
    steps += (end ?? searched.length) - start
    if (end === undefined || jsonIn(searched.slice(start, end)) === undefined) continue
    yield { start, end }
    bracket.lastIndex = end
  }
}

/** Returns the index after the bracket that closes the one at `start`; undefined when none does. Brackets inside JSON strings do not count. */
function balancedEnd(text: string, start: number): number | undefined {
  let depth = 0
  let inString = false
  for (let at = start; at < text.length; at += 1) {
    const char = text[at]
    if (inString) {
      if (char === '\\') at += 1
      else if (char === '"') inString = false
    } else if (char === '"') inString = true
    else if (char === '{' || char === '[') depth += 1
    else if ((char === '}' || char === ']') && --depth === 0) return at + 1
  }
  return undefined
}
