import { SqlQueries } from './queries.ts'
import { wordsOf } from './reader.ts'
import { SqlProblem } from './tokens.ts'

const BEFORE_KIND = wordsOf('temporary temp unique materialized global local external recursive unlogged or replace')
const KINDS = wordsOf('table view index database schema function procedure trigger sequence user role type extension')
/** The words that may follow a name in a statement without columns and query. */
const OPTIONS = wordsOf('with as start increment identified password character default owner authorization on (')
const CHANGES = wordsOf(
  'add drop alter modify rename change set reset owner enable disable attach detach with restart identified',
)

/**
 * Checks the syntax of SQL statements with CREATE, ALTER or DROP: the kind of the object, its name, and the parts that the kind requires. Options at
 * the end of a statement are not checked.
 */
export abstract class SqlDefinitions extends SqlQueries {
  protected definition(): void {
    const { reader } = this
    const verb = reader.next().text
    while (reader.takesAny(BEFORE_KIND));
    if (!reader.seesAny(KINDS)) throw new SqlProblem(`${verb.toUpperCase()} of ${reader.shown()} is no statement`)
    const kind = reader.next().text
    reader.takes('concurrently')
    if (reader.takes('if')) {
      reader.takes('not')
      reader.expect('exists')
    }
    if (verb === 'drop') this.dropped()
    else if (verb === 'alter') this.altered()
    else this.created(kind)
  }

  private dropped(): void {
    const { reader } = this
    reader.list(() => reader.name())
    if (reader.sees('(')) reader.rest()
    else if (reader.takes('on')) reader.name()
    if (!reader.takes('cascade')) reader.takes('restrict')
  }

  private altered(): void {
    const { reader } = this
    reader.name()
    if (!reader.takesAny(CHANGES)) throw new SqlProblem(`expected what to alter and not ${reader.shown()}`)
    reader.next()
    reader.rest()
  }

  private created(kind: string): void {
    const { reader } = this
    if (kind === 'index') {
      if (!reader.sees('on')) reader.name()
      reader.expect('on')
    }
    reader.name()
    if (kind === 'table') this.createdTable()
    else if (kind === 'view') this.createdView()
    else if (kind === 'index') {
      if (reader.takes('using')) reader.name()
      reader.within(() => reader.list(() => this.column()))
    } else if (kind === 'function' || kind === 'procedure') {
      if (!reader.sees('(')) reader.expect('(')
    } else if (kind === 'trigger') {
      if (!reader.takes('before') && !reader.takes('after')) reader.expect('instead', 'of')
    } else if (!reader.isOver && !reader.sees(';') && !reader.seesAny(OPTIONS)) reader.expect('with')
    reader.rest()
  }

  private createdTable(): void {
    const { reader } = this
    if (reader.takes('like')) reader.name()
    else {
      const hasColumns = reader.sees('(')
      if (hasColumns) reader.within(() => reader.list(() => this.column()))
      if (reader.takes('as')) this.query()
      else if (!hasColumns) reader.expect('(')
    }
  }

  private createdView(): void {
    const { reader } = this
    if (reader.sees('(')) this.names()
    reader.expect('as')
    this.query()
  }

  /** Reads a column, a constraint, or the column of an index, up to the next comma outside of brackets. */
  private column(): void {
    const { reader } = this
    if (reader.sees(',') || reader.sees(')')) throw new SqlProblem('a column is missing')
    for (let open = 0; !reader.isOver && !(open === 0 && (reader.sees(',') || reader.sees(')'))); reader.next())
      open += reader.sees('(') ? 1 : reader.sees(')') ? -1 : 0
  }
}
