/** Looks at a data file without a run: for `validate`, and to know the names of the columns. */
import type { RowCursor } from './cursor.ts'
import { closeDataFile, DataError } from './file.ts'
import type { Row } from './record.ts'
import { delimiterOf, formatOf, type TableSpec } from './schema.ts'
import { type MemorySource, openSource, type RecordSource } from './source.ts'

/** Rows of a file that are looked at; a JSON list is read as a whole. */
const ROWS_LOOKED_AT = 100

interface FeederProblem {
  readonly severity: 'error' | 'warning'
  /** The key of the feeder that it is about. */
  readonly key: 'file' | 'delimiter'
  /** Begins with `file:line:` when it is about a place in the file. */
  readonly message: string
  readonly hint?: string
}

interface FeederCheck {
  readonly problems: readonly FeederProblem[]
  /** Names that a row has; empty when the file cannot be read. */
  readonly columns: readonly string[]
  /** False when rows further down may have other names (JSON), or nothing is known of them. */
  readonly complete: boolean
}

/** Reads the beginning of the file. Never throws for what is wrong with it. */
export function checkFeeder(spec: TableSpec, baseDir: string): FeederCheck {
  let source: RecordSource | MemorySource | undefined
  try {
    source = openSource(spec, baseDir)
    const rows = source.kind === 'memory' ? source.rows.slice(0, ROWS_LOOKED_AT) : firstRows(source.cursor)
    const known = source.kind === 'memory' ? undefined : source.columns
    const columns = known ?? [...new Set(rows.flatMap((row) => Object.keys(row)))]
    return { problems: guessDelimiter(spec, columns), columns, complete: known !== undefined }
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    const { message, hint } = error
    return { problems: [{ severity: 'error', key: 'file', message, ...(hint && { hint }) }], columns: [], complete: false }
  } finally {
    if (source?.kind === 'records') closeDataFile(source.file)
  }
}

function firstRows(cursor: RowCursor): Row[] {
  const rows: Row[] = []
  while (rows.length < ROWS_LOOKED_AT && cursor.advance()) rows.push(cursor.row())
  return rows
}

/** One column whose name holds another usual delimiter was most likely meant to be several. */
function guessDelimiter(spec: TableSpec, columns: readonly string[]): FeederProblem[] {
  const [only, ...others] = columns
  if (formatOf(spec) !== 'csv' || only === undefined || others.length > 0 || spec.columns) return []
  const meant = [',', ';', '\t', '|'].find(
    (character) => character.charCodeAt(0) !== delimiterOf(spec) && only.includes(character),
  )
  if (meant === undefined) return []
  const hint = `did you mean delimiter: ${JSON.stringify(meant)}?`
  return [{ severity: 'warning', key: 'delimiter', message: `${spec.file} has one column only: ${only}`, hint }]
}
