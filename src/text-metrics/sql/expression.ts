import { type SqlReader, wordsOf } from './reader.ts'
import { SqlProblem } from './tokens.ts'

const SIGNS = wordsOf(
  '+ - * / % = <> != < > <= >= <=> || && & | ^ << >> -> ->> #> #>> @> <@ ?| ~ ~* !~ !~* <-> :: and or xor div mod',
)
const UNARY = wordsOf('- + ~ ! not prior binary')
const MATCHES = wordsOf('like ilike rlike regexp glob between in overlaps')
/** Words between the arguments of functions such as CAST, EXTRACT, TRIM, SUBSTRING and GROUP_CONCAT. */
const BETWEEN_ARGUMENTS = wordsOf('as from for in separator using placing')
const BEFORE_ARGUMENT = wordsOf('distinct all both leading trailing')
const QUERIES = wordsOf('select with values')

/** A function that reads a whole SQL query, from SELECT, WITH or VALUES on, to check its syntax. */
type ReadQuery = () => void

/** Checks the syntax of SQL expressions. It ignores the precedence of operators, which does not matter for the syntax. */
export class SqlExpressions {
  private readonly reader: SqlReader
  private readonly query: ReadQuery

  constructor(reader: SqlReader, query: ReadQuery) {
    this.reader = reader
    this.query = query
  }

  /** Reads an expression. @throws SqlProblem when there is none */
  expression = (): void => {
    const { reader } = this
    do {
      while (reader.takesAny(UNARY));
      this.operand()
      this.afterwards()
    } while (this.operator())
  }

  /** Reads the sort order of ORDER BY. */
  order = (): void => {
    const { reader } = this
    this.expression()
    if (!reader.takes('asc')) reader.takes('desc')
    if (reader.takes('nulls') && !reader.takes('first')) reader.expect('last')
  }

  /** Reads a type, such as `numeric(10, 2)` or `double precision`. */
  type(): void {
    const { reader } = this
    reader.name()
    while (reader.seesName() || reader.takes('with')) reader.next()
    if (reader.sees('(')) reader.within(() => reader.list(() => void reader.next()))
    while (reader.takes('[')) {
      if (!reader.sees(']')) reader.next()
      reader.expect(']')
    }
  }

  /** Reads a query, or expressions with commas between, within brackets. */
  bracketed = (): void => {
    const { reader } = this
    reader.within(() => (reader.seesAny(QUERIES) ? this.query() : reader.list(this.expression)))
  }

  private operator(): boolean {
    const { reader } = this
    const isNot = reader.takes('not')
    if (reader.takesAny(MATCHES) || reader.takes('similar', 'to')) return true
    if (isNot) throw new SqlProblem(`expected IN, LIKE or BETWEEN and not ${reader.shown()}`)
    return reader.takesAny(SIGNS)
  }

  /** Reads what may follow an operand. */
  private afterwards(): void {
    const { reader } = this
    while (reader.takes('[')) {
      reader.deeper(this.expression)
      reader.expect(']')
    }
    if (reader.takes('is')) {
      reader.takes('not')
      if (reader.takes('distinct', 'from')) this.operand()
      else reader.next()
    }
    if (reader.takes('collate')) reader.name()
    if (reader.takes('at', 'time', 'zone') || reader.takes('escape')) this.operand()
  }

  private operand(): void {
    const { reader } = this
    const token = reader.peek()
    if (token === undefined) throw new SqlProblem('it ends too early')
    if (reader.sees('(')) this.bracketed()
    else if (token.kind === 'text' || token.kind === 'number' || token.kind === 'parameter') reader.next()
    else if (reader.takes('case')) reader.deeper(() => this.cases())
    else if (reader.takes('array', '[')) {
      if (!reader.sees(']')) reader.list(this.expression)
      reader.expect(']')
    } else if (reader.takes('interval')) this.interval()
    else if (!reader.takes('null')) this.named()
  }

  private cases(): void {
    const { reader } = this
    if (!reader.sees('when')) this.expression()
    do {
      reader.expect('when')
      this.expression()
      reader.expect('then')
      this.expression()
    } while (reader.sees('when'))
    if (reader.takes('else')) this.expression()
    reader.expect('end')
  }

  private interval(): void {
    const { reader } = this
    this.operand()
    if (reader.seesName()) reader.next()
  }

  /** Reads a column, a function, or a text with its type before it, as in `date '2026-01-01'`. */
  private named(): void {
    const { reader } = this
    if (!reader.sees('left') && !reader.sees('right')) reader.name()
    else reader.next()
    if (reader.takes('.')) {
      reader.expect('*')
      return
    }
    if (reader.peek()?.kind === 'text') {
      reader.next()
      return
    }
    if (!reader.sees('(')) return
    reader.within(() => this.inFunction())
    if (reader.takes('within', 'group')) reader.within(() => this.window())
    if (reader.takes('filter')) {
      reader.within(() => {
        reader.expect('where')
        this.expression()
      })
    }
    if (!reader.takes('over')) return
    if (reader.sees('(')) reader.within(() => this.window())
    else reader.name()
  }

  private inFunction(): void {
    const { reader } = this
    if (reader.sees(')') || reader.takes('*')) return
    if (reader.seesAny(QUERIES)) {
      this.query()
      return
    }
    do {
      reader.takesAny(BEFORE_ARGUMENT)
      this.expression()
      while (reader.seesAny(BETWEEN_ARGUMENTS)) {
        if (reader.takes('as')) this.type()
        else {
          reader.next()
          this.expression()
        }
      }
      if (reader.takes('order', 'by')) reader.list(this.order)
      if (reader.takes('separator')) this.operand()
    } while (reader.takes(','))
  }

  /** Reads the content of OVER (…). */
  window(): void {
    const { reader } = this
    if (reader.takes('partition', 'by')) reader.list(this.expression)
    if (reader.takes('order', 'by')) reader.list(this.order)
    if (reader.sees('rows') || reader.sees('range') || reader.sees('groups')) reader.rest()
    else if (reader.seesName()) reader.name()
  }
}
