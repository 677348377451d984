/** Cuts SQL into words, quoted names, texts, numbers, parameters and signs, in one pass. */
import { once } from '../../text/once.ts'

/** A token of SQL, such as a word or a sign. The field `text` has words in lower case; it is empty for quoted names and quoted texts. */
export interface SqlToken {
  readonly kind: 'word' | 'name' | 'text' | 'number' | 'parameter' | 'sign'
  readonly text: string
}

/** Thrown when a text is not SQL; the message says why. */
export class SqlProblem extends Error {}

/** Quotes and what closes them: of texts, and of names in standard SQL, MySQL and SQL Server. */
const NAMES: Readonly<Record<string, string>> = { '"': '"', '`': '`', '[': ']' }
const SPACE = /\s/
const NUMBER = /(?:0x[0-9a-f]+|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)/iy
const SIGN = /<=>|->>|#>>|<->|!~\*|->|#>|<=|>=|<>|!=|\|\||&&|::|@>|<@|\?\||!~|~\*|<<|>>|[-+*/%<>=!~^&|.,;:()[\]{}]/y
const unicode = once(() => ({
  word: /[\p{L}_][\p{L}\p{N}_$]*/uy,
  parameter: /\?(?!\|)|\$\d+|(?::(?!:)|@{1,2})[\p{L}_][\p{L}\p{N}_]*|%s/uy,
  dollar: /\$[\p{L}_]*\$/uy,
  /** A bracket after one of these is a subscript, and no quote. */
  beforeSubscript: /[\p{L}\p{N}_)\]"]/u,
}))

/** Splits a text of SQL into tokens, without comments. @throws SqlProblem for a text that is not SQL, or a quote that is not closed */
export function sqlTokens(text: string): SqlToken[] {
  const tokens: SqlToken[] = []
  const { word, parameter, dollar: quote, beforeSubscript } = unicode()
  let at = 0
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at
    return pattern.exec(text)?.[0]
  }
  const closed = (close: string, from: number) => {
    const end = text.indexOf(close, from)
    if (end < 0) throw new SqlProblem(`${close} is missing`)
    return end + close.length
  }
  const add = (kind: SqlToken['kind'], length: number, shown = '') => {
    tokens.push({ kind, text: shown })
    at += length
  }
  while (at < text.length) {
    const sign = text[at] ?? ''
    const close = NAMES[sign]
    if (SPACE.test(sign)) at += 1
    else if (text.startsWith('--', at)) at = text.includes('\n', at) ? text.indexOf('\n', at) : text.length
    else if (text.startsWith('/*', at)) at = closed('*/', at + 2)
    else if (sign === "'") add('text', quotedEnd(text, at, "'") - at)
    else if (close !== undefined && !(sign === '[' && at > 0 && beforeSubscript.test(text[at - 1] ?? '')))
      add('name', quotedEnd(text, at, close) - at)
    else {
      const dollar = match(quote)
      const found = dollar ?? match(parameter) ?? match(NUMBER) ?? match(word) ?? match(SIGN)
      if (found === undefined) throw new SqlProblem(`${sign} stands for nothing`)
      if (dollar !== undefined) add('text', closed(dollar, at + dollar.length) - at)
      else add(kindOf(found), found.length, found.toLowerCase())
    }
  }
  return tokens
}

function kindOf(found: string): SqlToken['kind'] {
  if (/^[\p{L}_]/u.test(found)) return 'word'
  if (/^(?:\.?\d)/.test(found)) return 'number'
  return /^(?:\?$|\$\d|[:@]{1,2}[\p{L}_]|%s)/u.test(found) ? 'parameter' : 'sign'
}

/** The end of what is quoted from `at` on; a doubled quote is one of the text, and so is what a backslash stands before. */
function quotedEnd(text: string, at: number, close: string): number {
  for (let i = at + 1; i < text.length; i += 1) {
    if (text[i] === '\\' && close === "'") i += 1
    else if (text[i] === close && text[i + 1] === close && close !== ']') i += 1
    else if (text[i] === close) return i + 1
  }
  throw new SqlProblem(`${close} is missing`)
}
