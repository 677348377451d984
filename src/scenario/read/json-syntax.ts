/**
 * Checks the syntax of strict JSON, and finds the first error with its place. The values themselves come from the YAML reader, which reads JSON, too.
 */

/** A syntax error in a JSON text, with its offset and length in the text. */
interface JsonError {
  readonly offset: number
  readonly length: number
  readonly message: string
  readonly hint?: string
}

const TOKEN =
  /[ \t\r\n]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-]))/y
const BLANK = /[ \t\r\n]*/y
const WORD = /[\w.+-]+|"[^"\n\\]*"?|[\s\S]/y

type SyntaxState = 'value' | 'first item' | 'first key' | 'key' | 'colon' | 'after value' | 'end'

const EXPECTED: Record<SyntaxState, string> = {
  value: 'a value',
  'first item': 'a value or "]"',
  'first key': 'a key in double quotes or "}"',
  key: 'a key in double quotes',
  colon: '":" after the key',
  'after value': '"," or the closing bracket',
  end: 'the end of the file',
}

function hintFor(text: string, offset: number, state: SyntaxState): string | undefined {
  const rest = text.slice(offset, offset + 2)
  if (rest === '//' || rest === '/*' || rest[0] === '#') return 'JSON has no comments; name the file .yaml to use them'
  if (rest[0] === "'") return 'JSON wants double quotes'
  if (rest[0] === '"' && state !== 'colon' && state !== 'after value' && state !== 'end')
    return 'the text that begins here is never closed, or holds a line break or a bad escape'
  if ((rest[0] === '}' && state === 'key') || (rest[0] === ']' && state === 'value'))
    return 'JSON has no comma after the last item'
  if (state === 'after value' && /^["\w{[-]/.test(rest)) return 'a comma stands between two entries'
  return state === 'end' || state === 'colon' ? undefined : hintForWord(text.slice(offset, offset + 40), state)
}

/** Returns a hint for a word or number that is valid in another language but not in JSON, such as `True`. */
function hintForWord(rest: string, state: SyntaxState): string | undefined {
  if (state === 'first key' || state === 'key')
    return /^[A-Za-z_$]/.test(rest) ? 'JSON wants double quotes around keys' : undefined
  const word = /^[\w.+-]+/.exec(rest)?.[0] ?? ''
  if (/^(?:true|false|null)$/i.test(word)) return `write ${word.toLowerCase()}, in small letters`
  if (/^(?:none|undefined|nil)$/i.test(word)) return 'write null'
  if (/^[-+]?(?:nan|infinity)$/i.test(word)) return 'JSON has no such number'
  if (/^[-+]?[\d.]/.test(word)) return 'a number in JSON has no plus, no zeros before it, and digits on both sides of its point'
  return /^[A-Za-z_]/.test(word) ? 'JSON wants double quotes around texts' : undefined
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

/** Formats a token for a message: a text with its own quotes, anything else in added quotes. */
const shownToken = (token: string) =>
  token.length > 1 && token.startsWith('"') ? token.slice(0, 40) : JSON.stringify(token.slice(0, 40))

function errorAt(text: string, from: number, state: SyntaxState): JsonError {
  const offset = from + (match(BLANK, text, from)?.[0].length ?? 0)
  const got = match(WORD, text, offset)?.[0]
  const hint = hintFor(text, offset, state)
  return {
    offset,
    length: got?.length ?? 1,
    message: `expected ${EXPECTED[state]}, got ${got === undefined ? 'the end of the file' : shownToken(got)}`,
    ...(hint === undefined ? {} : { hint }),
  }
}

/** Returns the state of the parser after a complete value: the end of the text, or more of the list or object around the value. */
const afterValue = (open: readonly string[]): SyntaxState => (open.length === 0 ? 'end' : 'after value')

/**
 * Returns the state of the parser after a punctuation mark; undefined when it may not stand here. `open` is the list of unclosed brackets, which is
 * updated.
 */
function punctuate(mark: string, state: SyntaxState, open: string[]): SyntaxState | undefined {
  const startsValue = state === 'value' || state === 'first item'
  if (startsValue && (mark === '{' || mark === '[')) {
    open.push(mark)
    return mark === '{' ? 'first key' : 'first item'
  }
  if (mark === ':' && state === 'colon') return 'value'
  if (mark === ',' && state === 'after value') return open.at(-1) === '{' ? 'key' : 'value'
  const closes = mark === '}' ? '{' : '['
  const mayClose = state === 'after value' || state === (mark === '}' ? 'first key' : 'first item')
  if (mark !== '}' && mark !== ']') return undefined
  if (!mayClose || open.at(-1) !== closes) return undefined
  open.pop()
  return afterValue(open)
}

function next(token: RegExpExecArray, state: SyntaxState, open: string[]): SyntaxState | undefined {
  const [, mark, text] = token
  if (mark !== undefined) return punctuate(mark, state, open)
  if (state === 'value' || state === 'first item') return afterValue(open)
  return text !== undefined && (state === 'key' || state === 'first key') ? 'colon' : undefined
}

/** Returns the first syntax error in a JSON text; undefined when there is none. The time taken is linear in the length of the text. */
export function jsonError(text: string): JsonError | undefined {
  const open: string[] = []
  let state: SyntaxState = 'value'
  let at = 0
  for (;;) {
    const token = match(TOKEN, text, at)
    if (token === null) {
      const blank = match(BLANK, text, at)?.[0].length ?? 0
      return state === 'end' && at + blank === text.length ? undefined : errorAt(text, at, state)
    }
    const following = next(token, state, open)
    if (following === undefined) return errorAt(text, at, state)
    state = following
    at += token[0].length
  }
}
