/**
 * Decides whether a text is SQL by its syntax, for no particular database: clauses in their order, complete expressions, closed brackets and quotes.
 */
import { SqlDefinitions } from './definitions.ts'
import { SqlReader, wordsOf } from './reader.ts'
import { SqlProblem, sqlTokens } from './tokens.ts'

const QUERIES = wordsOf('select with values (')
const DEFINES = wordsOf('create alter drop')
/** The words that begin and end transactions, and the words that may follow them. */
const TRANSACTIONS = wordsOf('begin commit rollback start end abort')
const OF_TRANSACTION = wordsOf(
  'transaction work tran to savepoint read only write isolation level serializable committed uncommitted repeatable immediate deferred exclusive and chain no',
)
const SHOWN = wordsOf('tables databases schemas columns create index indexes variables status processlist grants all full table')
const SCOPES = wordsOf('session global local')

/** Returns why a text is not SQL, that is, one statement or several separated by semicolons; undefined when it is. */
export function sqlProblem(text: string): string | undefined {
  try {
    new SqlStatements(new SqlReader(sqlTokens(text))).all()
    return undefined
  } catch (error) {
    if (error instanceof SqlProblem) return error.message
    throw error
  }
}

class SqlStatements extends SqlDefinitions {
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
    else if (!this.changes()) this.other()
  }

  private other(): void {
    const { reader } = this
    if (reader.seesAny(DEFINES)) this.definition()
    else if (reader.takesAny(TRANSACTIONS)) {
      while (reader.takesAny(OF_TRANSACTION));
      if (reader.seesName()) reader.name()
    } else if (reader.takes('truncate')) {
      reader.takes('table')
      reader.list(() => reader.name())
    } else if (reader.takes('use') || reader.takes('describe') || reader.takes('desc') || reader.takes('savepoint')) reader.name()
    else if (reader.takes('set')) this.setting()
    else if (reader.takes('show')) this.shown()
    else if (reader.takes('call') || reader.takes('exec') || reader.takes('execute')) this.called()
    else if (reader.takes('grant')) this.granted('to')
    else if (reader.takes('revoke')) this.granted('from')
    else if (reader.takes('merge', 'into')) this.merged()
    else throw new SqlProblem(`no statement begins with ${reader.shown()}`)
  }

  /** Reads SET of a variable: a name, = or TO, and values. */
  private setting(): void {
    const { reader, expressions } = this
    reader.takesAny(SCOPES)
    if (reader.peek()?.kind === 'parameter') reader.next()
    else reader.name()
    if (!reader.takes('to')) reader.expect('=')
    reader.list(expressions.expression)
  }

  private shown(): void {
    const { reader, expressions } = this
    if (!reader.takesAny(SHOWN)) throw new SqlProblem(`SHOW of ${reader.shown()} is no statement`)
    while (reader.takesAny(SHOWN));
    if (reader.takes('from') || reader.takes('in') || reader.seesName()) reader.name()
    if (reader.takes('like')) expressions.expression()
    this.where()
  }

  private called(): void {
    const { reader, expressions } = this
    reader.name()
    if (reader.takes('(')) {
      if (!reader.sees(')')) reader.list(expressions.expression)
      reader.expect(')')
    } else if (!reader.isOver && !reader.sees(';')) reader.list(expressions.expression)
  }

  private granted(whom: 'to' | 'from'): void {
    const { reader } = this
    reader.list(() => void reader.next())
    reader.takes('privileges')
    if (reader.takes('on')) {
      while (
        reader.takes('table') ||
        reader.takes('schema') ||
        reader.takes('all') ||
        reader.takes('tables') ||
        reader.takes('in')
      );
      reader.list(() => reader.name())
    }
    reader.expect(whom)
    reader.list(() => reader.name())
    if (reader.takes('with', 'grant')) reader.expect('option')
  }

  private merged(): void {
    const { reader, expressions } = this
    this.tables()
    reader.expect('using')
    this.tables()
    reader.expect('on')
    expressions.expression()
    reader.expect('when')
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
}
