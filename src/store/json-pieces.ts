import type { Pieces } from '../pieces.ts'
import { jsonFileText } from '../text/escape.ts'

/**
 * Objects and lists down to this depth are written entry by entry, deeper ones in one go. In a result, those are the size of a group of attempts:
 * about 0.3 ms.
 */
const MAX_DEPTH = 2
/** The number of characters of JSON that take about as long to write as one unit of `Pieces`. */
const CHARACTERS_PER_UNIT = 8
/** The smallest length of a part of the text in characters; only the last part may be shorter. */
const PART_LENGTH = 65_536

/**
 * Formats a value as JSON, like `JSON.stringify(value, null, 2)` with a line break at the end and control characters escaped. It is a generator that
 * works in pieces, so that the event loop is not blocked; it returns the JSON as a list of parts of at least 65,536 characters, except for the last.
 */
export function* jsonInPieces(value: unknown): Pieces<string[]> {
  const parts: string[] = []
  let part = ''
  for (const text of textsOf(value, 0, '')) {
    part += jsonFileText(text)
    yield text.length / CHARACTERS_PER_UNIT
    if (part.length < PART_LENGTH) continue
    parts.push(part)
    part = ''
  }
  return [...parts, `${part}\n`]
}

function* textsOf(value: unknown, depth: number, indent: string): Generator<string, void, undefined> {
  const entries = depth < MAX_DEPTH ? entriesOf(value) : []
  if (entries.length === 0) {
    // Strings in JSON hold no line breaks, so each one found here begins a line of the layout.
    yield JSON.stringify(value ?? null, null, 2).replaceAll('\n', `\n${indent}`)
    return
  }
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  for (const [i, [key, item]] of entries.entries()) {
    yield `${i === 0 ? open : ','}\n${indent}  ${key === undefined ? '' : `${JSON.stringify(key)}: `}`
    yield* textsOf(item, depth + 1, `${indent}  `)
  }
  yield `\n${indent}${close}`
}

/** Returns the entries of an object or a list; none for any other value. Fields that are undefined are left out, as in JSON. */
function entriesOf(value: unknown): [key: string | undefined, item: unknown][] {
  if (Array.isArray(value)) return value.map((item: unknown) => [undefined, item])
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).filter(([, item]) => item !== undefined)
}
