import type { RowCursor } from '../records/cursor.ts'
import { closeDataFile, DataError } from '../records/file.ts'
import type { Row } from '../records/record.ts'
import { delimiterOf, formatOf, type TableSpec } from './schema.ts'
import { type MemorySource, openSource, type RecordSource } from './source.ts'

/** Number of rows that a check reads. A JSON list is always read as a whole. */
const ROWS_LOOKED_AT = 100

interface FeederProblem {
  readonly severity: 'error' | 'warning'
  /** The key of the `data:` entry that the problem concerns. */
  readonly key: 'file' | 'delimiter'
  /** What is wrong; begins with `file:line:` when the problem has a place in the file. */
  readonly message: string
  readonly hint?: string
}

interface FeederCheck {
  readonly problems: readonly FeederProblem[]
  /** Names of the columns; empty when the file cannot be read. */
  readonly columns: readonly string[]
  /** False when later rows may have other columns (JSON), or when the file cannot be read. */
  readonly complete: boolean
}

/** Reads the first 100 rows of a data file for `burn validate`. Returns the column names and the problems of the file; never throws. */
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

/** Returns a warning when the file has only one column, whose name contains another common delimiter. */
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
