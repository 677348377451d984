/** Finds quotes and brackets in the tokens of a YAML text, which the parser's errors do not report. */
import type { CST } from 'yaml'

/** A quoted text in a YAML file, with its offsets in the file; the end is excluded. */
export interface QuotedText {
  readonly offset: number
  readonly end: number
  readonly quote: '"' | "'"
  readonly closed: boolean
}

/** A `[` or `{` that is never closed. */
interface OpenBracket {
  readonly offset: number
  readonly bracket: '[' | '{'
}

/** Yields every token of a file, from top to bottom. The nesting is limited, because tokenising has stopped at a limit. */
function* allTokens(tokens: readonly (CST.Token | null | undefined)[]): Generator<CST.Token> {
  for (const token of tokens) {
    if (!token) continue
    yield token
    if (token.type === 'document') yield* allTokens([token.value])
    else if ('items' in token) for (const item of token.items) yield* allTokens([...inBetween(item), item.key, item.value])
  }
}

/** Returns the tokens before a key, and between a key and its value; an unclosed quote may be among them. */
const inBetween = (item: { start?: CST.Token[]; sep?: CST.Token[] }) => [...(item.start ?? []), ...(item.sep ?? [])]

/** Returns all quoted texts among the tokens of a YAML file. */
export function quotedTexts(tokens: readonly CST.Token[]): QuotedText[] {
  const found: QuotedText[] = []
  for (const token of allTokens(tokens)) {
    if (token.type !== 'double-quoted-scalar' && token.type !== 'single-quoted-scalar') continue
    const quote = token.type === 'double-quoted-scalar' ? '"' : "'"
    const { source, offset } = token
    found.push({ offset, end: offset + source.length, quote, closed: source.length > 1 && source.endsWith(quote) })
  }
  return found
}

/** Returns all brackets among the tokens of a YAML file that are never closed. */
export function openBrackets(tokens: readonly CST.Token[]): OpenBracket[] {
  const found: OpenBracket[] = []
  for (const token of allTokens(tokens)) {
    if (token.type !== 'flow-collection') continue
    const bracket = token.start.source === '[' ? '[' : '{'
    const partner = bracket === '[' ? 'flow-seq-end' : 'flow-map-end'
    if (!token.end.some(({ type }) => type === partner)) found.push({ offset: token.start.offset, bracket })
  }
  return found
}
