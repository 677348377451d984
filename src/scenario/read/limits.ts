/**
 * Limits on the size and nesting of a scenario file. They are checked while it is split into tokens, before anything that takes more than linear
 * time.
 */
import { type CST, Lexer, LineCounter, Parser } from 'yaml'
import { E_DEPTH } from '../problems/syntax/E_DEPTH.ts'
import { E_TOO_BIG } from '../problems/syntax/E_TOO_BIG.ts'
import { E_TOO_MANY_KEYS } from '../problems/syntax/E_TOO_MANY_KEYS.ts'
import type { Wording } from './source/finding.ts'

/** The largest size of a scenario file, in bytes. Larger sets of values belong in data files, which may be larger. */
export const MAX_FILE_BYTES = 1024 * 1024
/** The deepest nesting of maps and lists that a scenario file may have. */
export const MAX_DEPTH = 50
/** The largest number of keys that one map of a scenario file may have. */
export const MAX_KEYS = 1000
/** The largest number of YAML aliases (`*name`) in a scenario file. */
export const MAX_ALIASES = 20
/** The largest number of values in a scenario file; a value that an alias repeats counts each time. */
export const MAX_VALUES = 50_000
const MAX_TOKENS = 200_000

/** The first limit that a text exceeds, as a problem. */
interface LimitBroken extends Wording {
  readonly offset: number
}

/** The tokens of a text, or the limit that it exceeds. */
type ScanOutcome = { readonly tokens: readonly CST.Token[] } | { readonly broken: LimitBroken }

const COLLECTIONS = new Set(['block-map', 'block-seq', 'flow-collection'])

function tooDeep(stack: readonly CST.Token[]): LimitBroken | undefined {
  // Each collection is one entry of the stack; the other entries are the document and at most one scalar.
  if (stack.length <= MAX_DEPTH) return undefined
  const at = stack.filter((token) => COLLECTIONS.has(token.type))[MAX_DEPTH]
  return at && { ...E_DEPTH.deeper(MAX_DEPTH), offset: at.offset }
}

function tooManyKeys(token: CST.Token | undefined): LimitBroken | undefined {
  if (token === undefined || !('items' in token) || token.items.length <= MAX_KEYS) return undefined
  if (token.type !== 'block-map' && !(token.type === 'flow-collection' && token.start.source === '{')) return undefined
  // A flow map has an empty entry after a trailing comma.
  if (token.items.filter((item) => 'key' in item).length <= MAX_KEYS) return undefined
  return { ...E_TOO_MANY_KEYS.found(MAX_KEYS), offset: token.offset }
}

/** Splits a YAML text into tokens, and stops at the first limit on size or nesting that the text exceeds. Takes linear time. */
export function scanTokens(text: string): ScanOutcome {
  const parser = new Parser(new LineCounter().addNewLine)
  const tokens: CST.Token[] = []
  let count = 0
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token)
    count += 1
    if (count > MAX_TOKENS) return { broken: { ...E_TOO_BIG.tokens(MAX_TOKENS), offset: parser.offset } }
    const broken = tooDeep(parser.stack) ?? tooManyKeys(parser.stack.at(-1))
    if (broken) return { broken }
  }
  for (const token of parser.end()) tokens.push(token)
  return { tokens }
}
