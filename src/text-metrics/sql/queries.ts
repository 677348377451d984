import { SqlExpressions } from './expression.ts'
import { type SqlReader, wordsOf } from './reader.ts'

const SETS = wordsOf('union intersect except minus')
const JOINS = wordsOf('inner left right full cross natural outer')
const BEFORE_ITEMS = wordsOf('distinct all sql_calc_found_rows straight_join')

/** Reads SQL queries, which begin with SELECT, WITH or VALUES, to check their syntax. */
export abstract class SqlQueries {
  protected readonly reader: SqlReader
  protected readonly expressions: SqlExpressions

  constructor(reader: SqlReader) {
    this.reader = reader
    this.expressions = new SqlExpressions(reader, () => this.query())
  }

  /** Reads any statement. */
  protected abstract statement(): void

  /** Reads INSERT, UPDATE or DELETE if one comes next. */
  protected abstract changes(): boolean

  protected query(): void {
    const { reader } = this
    if (reader.takes('with')) {
      reader.takes('recursive')
      reader.list(() => this.named())
      if (this.changes()) return
    }
    do this.queryPart()
    while (this.setOperator())
    this.orderAndLimit()
    if (reader.takes('for')) reader.rest()
  }

  private setOperator(): boolean {
    const { reader } = this
    if (!reader.takesAny(SETS)) return false
    if (!reader.takes('all')) reader.takes('distinct')
    return true
  }

  /** Reads one of the queries that UNION and the like combine. */
  private queryPart(): void {
    const { reader, expressions } = this
    if (reader.sees('(')) reader.within(() => this.query())
    else if (reader.takes('values'))
      reader.list(() => {
        reader.takes('row')
        expressions.bracketed()
      })
    else {
      reader.expect('select')
      this.select()
    }
  }

  /** Reads a named query of WITH. */
  private named(): void {
    const { reader } = this
    reader.name()
    if (reader.sees('(')) this.names()
    reader.expect('as')
    if (reader.takes('not')) reader.expect('materialized')
    else reader.takes('materialized')
    reader.within(() => this.statement())
  }

  private select(): void {
    const { reader, expressions } = this
    while (reader.takesAny(BEFORE_ITEMS));
    if (reader.takes('on')) expressions.bracketed()
    if (reader.takes('top')) {
      reader.next()
      reader.takes('percent')
    }
    reader.list(() => this.item())
    if (reader.takes('into')) reader.name()
    if (reader.takes('from')) this.tables()
    this.where()
    if (reader.takes('group', 'by')) reader.list(expressions.expression)
    if (reader.takes('having')) expressions.expression()
    if (reader.takes('window')) reader.list(() => this.window())
    if (reader.takes('qualify')) expressions.expression()
  }

  private window(): void {
    const { reader, expressions } = this
    reader.name()
    reader.expect('as')
    reader.within(() => expressions.window())
  }

  protected item(): void {
    const { reader, expressions } = this
    if (!reader.takes('*')) expressions.expression()
    this.alias()
  }

  private alias(): void {
    const { reader } = this
    const isSaid = reader.takes('as')
    if (isSaid ? reader.peek()?.kind === 'text' : reader.seesName()) reader.next()
    else if (isSaid) reader.name()
  }

  protected tables(): void {
    const { reader, expressions } = this
    reader.list(() => {
      this.table()
      while (this.join()) {
        this.table()
        if (reader.takes('on')) expressions.expression()
        else if (reader.takes('using')) this.names()
      }
    })
  }

  private join(): boolean {
    const { reader } = this
    if (reader.takes('join')) return true
    if (!reader.seesAny(JOINS)) return false
    while (reader.takesAny(JOINS));
    if (reader.sees('apply')) reader.next()
    else reader.expect('join')
    return true
  }

  private table(): void {
    const { reader, expressions } = this
    if (!reader.takes('lateral')) reader.takes('only')
    if (reader.sees('(')) {
      const isQuery = ['select', 'with', 'values', '('].includes(reader.peek(1)?.text ?? '')
      reader.within(() => (isQuery ? this.query() : this.tables()))
    } else {
      reader.name()
      if (reader.sees('(')) expressions.bracketed()
    }
    const isNamed = reader.sees('as') || reader.seesName()
    this.alias()
    if (isNamed && reader.sees('(')) this.names()
  }

  protected where(): void {
    if (this.reader.takes('where')) this.expressions.expression()
  }

  protected orderAndLimit(): void {
    const { reader, expressions } = this
    if (reader.takes('order', 'by')) reader.list(expressions.order)
    if (reader.takes('limit') && !reader.takes('all')) reader.list(expressions.expression)
    if (reader.takes('offset')) {
      expressions.expression()
      if (!reader.takes('rows')) reader.takes('row')
    }
    if (reader.takes('fetch')) reader.rest()
  }

  protected names(): void {
    const { reader } = this
    reader.within(() => reader.list(() => reader.name()))
  }
}
