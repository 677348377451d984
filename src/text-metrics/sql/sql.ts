/** Decides whether a text is SQL by its form, for no database in particular: clauses in their order, whole expressions, brackets and quotes closed. */
import { SqlQueries } from './queries.ts'
import { SqlReader, wordsOf } from './reader.ts'
import { SqlProblem, sqlTokens } from './tokens.ts'

const KINDS = wordsOf(
  'table view index database schema function procedure trigger sequence user role type extension materialized temporary temp unique column constraint policy event tablespace or global local external recursive unlogged',
)
const QUERIES = wordsOf('select with values (')
const DEFINES = wordsOf('create alter drop')
const LOOSE = wordsOf(
  'set show use describe desc call grant revoke analyze vacuum pragma copy comment lock kill execute exec declare merge',
)
const ALONE = wordsOf('begin commit rollback savepoint start end abort')

/** Returns why a text is no SQL: one statement or several, with semicolons between. Undefined when it is. */
export function sqlProblem(text: string): string | undefined {
  try {
    new SqlStatements(new SqlReader(sqlTokens(text))).all()
    return undefined
  } catch (error) {
    if (error instanceof SqlProblem) return error.message
    throw error
  }
}

class SqlStatements extends SqlQueries {
  all(): void {
    const { reader } = this
    if (reader.isOver) throw new SqlProblem('it is empty')
    while (!reader.isOver) {
      this.statement()
      if (!reader.isOver && !reader.takes(';')) throw new SqlProblem(`${reader.shown()} stands where nothing is expected`)
      while (reader.takes(';'));
    }
  }

  protected override statement(): void {
    const { reader } = this
    if (reader.takes('explain')) {
      reader.takes('query', 'plan')
      while (reader.takes('analyze') || reader.takes('verbose'));
    }
    if (reader.seesAny(QUERIES)) this.query()
    else if (this.changes() || reader.isOver) return
    else if (reader.takes('truncate')) {
      reader.takes('table')
      reader.list(() => reader.name())
    } else if (reader.seesAny(DEFINES)) this.definition()
    else this.other()
  }

  /** Statements of which only the beginning is looked at. */
  private other(): void {
    const { reader } = this
    const isAlone = reader.takesAny(ALONE)
    if (!isAlone && !reader.takesAny(LOOSE)) throw new SqlProblem(`no statement begins with ${reader.shown()}`)
    if (!isAlone) reader.next()
    reader.rest()
  }

  protected override changes(): boolean {
    const { reader } = this
    if (reader.takes('insert') || reader.takes('replace')) this.insert()
    else if (reader.takes('update')) this.update()
    else if (reader.takes('delete')) this.delete()
    else return false
    return true
  }

  private insert(): void {
    const { reader } = this
    if (reader.takes('or')) reader.next()
    reader.takes('ignore')
    reader.takes('into')
    reader.name()
    if (reader.takes('as')) reader.name()
    if (reader.sees('(') && reader.peek(1)?.text !== 'select') this.names()
    if (reader.takes('set')) this.assignments()
    else if (!reader.takes('default', 'values')) this.query()
    if (reader.takes('on', 'duplicate', 'key', 'update')) this.assignments()
    if (reader.takes('on', 'conflict')) this.conflict()
    this.returning()
  }

  private conflict(): void {
    const { reader } = this
    if (reader.sees('(')) this.names()
    else if (reader.takes('on', 'constraint')) reader.name()
    this.where()
    reader.expect('do')
    if (reader.takes('nothing')) return
    reader.expect('update', 'set')
    this.assignments()
    this.where()
  }

  private update(): void {
    const { reader } = this
    this.tables()
    reader.expect('set')
    this.assignments()
    if (reader.takes('from')) this.tables()
    this.where()
    this.orderAndLimit()
    this.returning()
  }

  private delete(): void {
    const { reader } = this
    if (!reader.sees('from')) reader.name()
    reader.expect('from')
    this.tables()
    if (reader.takes('using')) this.tables()
    this.where()
    this.orderAndLimit()
    this.returning()
  }

  private assignments(): void {
    const { reader, expressions } = this
    reader.list(() => {
      if (reader.sees('(')) this.names()
      else reader.name()
      reader.expect('=')
      if (!reader.takes('default')) expressions.expression()
    })
  }

  private returning(): void {
    const { reader } = this
    if (reader.takes('returning')) reader.list(() => this.item())
  }

  /** CREATE, ALTER and DROP: what and of which name; the columns of a table have types; a view is a query. */
  private definition(): void {
    const { reader } = this
    const verb = reader.next().text
    if (!reader.seesAny(KINDS)) throw new SqlProblem(`${verb.toUpperCase()} of ${reader.shown()} is no statement`)
    while (reader.takesAny(KINDS) || reader.takes('replace') || reader.takes('concurrently'));
    if (reader.takes('if')) {
      reader.takes('not')
      reader.expect('exists')
    }
    reader.name()
    if (verb === 'create' && reader.takes('as')) this.query()
    else if (verb === 'create' && reader.sees('(')) reader.within(() => reader.list(() => this.column()))
    else if (verb === 'alter' && reader.isOver) throw new SqlProblem('nothing is altered')
    reader.rest()
  }

  /** A column, a constraint, or the column of an index, up to the next comma outside of brackets. */
  private column(): void {
    const { reader } = this
    if (reader.sees(',') || reader.sees(')')) throw new SqlProblem('a column is missing')
    for (let open = 0; !reader.isOver && !(open === 0 && (reader.sees(',') || reader.sees(')'))); reader.next())
      open += reader.sees('(') ? 1 : reader.sees(')') ? -1 : 0
  }
}
