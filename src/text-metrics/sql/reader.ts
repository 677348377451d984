import { SqlProblem, type SqlToken } from './tokens.ts'

/** The deepest nesting of brackets and subqueries that is read. Nobody writes deeper ones, and each level takes some of the stack. */
const MAX_DEPTH = 200

/**
 * Turns a text of words or signs separated by white space, such as `select from where`, into a set. The check of SQL defines its keywords and signs
 * in this way.
 */
export const wordsOf = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/** Words that begin or join parts of a statement, and so are no name and no alias. */
const RESERVED = wordsOf(
  `select from where group order having limit offset fetch union intersect except minus join inner left right full cross natural on using and or
  not in is like ilike between case when then else end as set values into by distinct returning window qualify with insert update delete create
  drop alter over for null`,
)

/** Reads the tokens of an SQL text one after the other, to check its syntax. */
export class SqlReader {
  private readonly tokens: readonly SqlToken[]
  private at = 0
  private depth = 0

  constructor(tokens: readonly SqlToken[]) {
    this.tokens = tokens
  }

  get isOver(): boolean {
    return this.at >= this.tokens.length
  }

  /** Returns the token `ahead` positions after the next one. */
  peek(ahead = 0): SqlToken | undefined {
    return this.tokens[this.at + ahead]
  }

  next(): SqlToken {
    const token = this.tokens[this.at]
    if (token === undefined) throw new SqlProblem('it ends too early')
    this.at += 1
    return token
  }

  /** True when these words or signs come next. */
  sees(...texts: readonly string[]): boolean {
    return texts.every((text, i) => this.peek(i)?.text === text)
  }

  seesAny(texts: ReadonlySet<string>): boolean {
    const token = this.peek()
    return token !== undefined && (token.kind === 'word' || token.kind === 'sign') && texts.has(token.text)
  }

  /** Takes these words or signs if they come next. */
  takes(...texts: readonly string[]): boolean {
    if (!this.sees(...texts)) return false
    this.at += texts.length
    return true
  }

  takesAny(texts: ReadonlySet<string>): boolean {
    if (!this.seesAny(texts)) return false
    this.at += 1
    return true
  }

  /** @throws SqlProblem when something else comes next */
  expect(...texts: readonly string[]): void {
    if (!this.takes(...texts)) throw new SqlProblem(`expected ${texts.join(' ').toUpperCase()} and not ${this.shown()}`)
  }

  /** True when a name comes next: one in quotes, or a word that has no other meaning. */
  seesName(): boolean {
    const token = this.peek()
    return token?.kind === 'name' || (token?.kind === 'word' && !RESERVED.has(token.text))
  }

  /** Takes a name, such as `shop.orders`. @throws SqlProblem when there is none */
  name(): void {
    if (!this.seesName()) throw new SqlProblem(`expected a name and not ${this.shown()}`)
    this.next()
    while (this.sees('.') && this.peek(1)?.kind !== 'sign') this.at += 2
  }

  /** Reads something one time or more, with commas between. */
  list(read: () => void): void {
    do read()
    while (this.takes(','))
  }

  /** Reads something between round brackets. @throws SqlProblem when brackets are nested too deep */
  within(read: () => void): void {
    this.expect('(')
    this.deeper(read)
    this.expect(')')
  }

  deeper(read: () => void): void {
    this.depth += 1
    if (this.depth > MAX_DEPTH) throw new SqlProblem('it is nested too deep')
    read()
    this.depth -= 1
  }

  /** Skips everything up to the end of the statement, or to a closing bracket whose opening bracket came earlier. */
  rest(): void {
    for (let open = 0; !this.isOver && !this.sees(';') && !(open === 0 && this.sees(')')); this.at += 1)
      open += this.sees('(') ? 1 : this.sees(')') ? -1 : 0
  }

  /** Returns the next token for a message. */
  shown(): string {
    const token = this.peek()
    return token === undefined ? 'the end' : token.text === '' ? `a ${token.kind}` : token.text
  }
}
