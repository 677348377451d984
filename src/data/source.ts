import { CsvFormat } from '../records/csv.ts'
import { RowCursor, type Rows } from '../records/cursor.ts'
import { closeDataFile, DataError, type DataFile, openDataFile, readFully } from '../records/file.ts'
import { JsonLinesFormat, parseJson, rowOf } from '../records/jsonl.ts'
import { RecordError, type RecordFormat, type Row } from '../records/record.ts'
import { formatBytes } from '../text/units.ts'
import { delimiterOf, formatOf, type TableSpec } from './schema.ts'

/** Largest JSON list in bytes, because it is parsed as a whole; JSON Lines files have no limit. */
const MAX_JSON_BYTES = 64 * 1024 * 1024

/** An open CSV or JSON Lines file, with a cursor that reads the rows from the disk one after the other. */
export interface RecordSource {
  readonly kind: 'records'
  readonly file: DataFile
  readonly cursor: RowCursor
  /** Makes a reader of the same format, for reading single rows. */
  readonly format: () => RecordFormat
  /** Names of the columns; undefined when each row has its own. */
  readonly columns: readonly string[] | undefined
}

/** The rows of a JSON data file, all of them held in memory. */
export interface MemorySource {
  readonly kind: 'memory'
  readonly rows: readonly Row[]
}

/**
 * Opens a data file. A JSON file is read into memory as a whole; the rows of CSV and JSON Lines files are read later, one after the other.
 * @throws DataError when the file cannot be read or has no rows
 */
export function openSource(spec: TableSpec, baseDir: string): RecordSource | MemorySource {
  const file = openDataFile(spec.file, baseDir)
  const format = formatOf(spec)
  let keep = false
  try {
    if (format === 'json') return { kind: 'memory', rows: readList(file) }
    const source = format === 'csv' ? csvSource(file, spec) : linesSource(file)
    if (!source.cursor.advance()) throw new DataError(file.name, undefined, 'there are no rows in the file')
    source.cursor.rewind()
    keep = true
    return source
  } finally {
    if (!keep) closeDataFile(file)
  }
}

function csvSource(file: DataFile, spec: TableSpec): RecordSource {
  const format = new CsvFormat(delimiterOf(spec))
  const cursor = new RowCursor(file, format)
  if (spec.columns) format.name(spec.columns)
  else {
    cursor.header((bytes) => format.name(format.fields(bytes)))
    cursor.startHere()
  }
  const { columns } = format
  const sameFormat = (): CsvFormat => {
    const own = new CsvFormat(delimiterOf(spec))
    own.columns = columns
    return own
  }
  return { kind: 'records', file, cursor, format: sameFormat, columns }
}

function linesSource(file: DataFile): RecordSource {
  return {
    kind: 'records',
    file,
    cursor: new RowCursor(file, new JsonLinesFormat()),
    format: () => new JsonLinesFormat(),
    columns: undefined,
  }
}

function readList(file: DataFile): Row[] {
  const length = file.size - file.start
  if (length > MAX_JSON_BYTES) {
    throw new DataError(
      file.name,
      undefined,
      `a JSON list may have ${formatBytes(MAX_JSON_BYTES)}`,
      'use JSON Lines: one map on each line',
    )
  }
  const bytes = Buffer.allocUnsafe(length)
  readFully(file, bytes, 0, length, file.start)
  const list = withPlace(file, '', () => parseJson(decode(file, bytes)))
  if (!Array.isArray(list)) throw new DataError(file.name, undefined, 'a JSON file must hold a list of maps')
  if (list.length === 0) throw new DataError(file.name, undefined, 'there are no rows in the file')
  return list.map((value: unknown, index) => withPlace(file, `row ${index + 1}: `, () => rowOf(value)))
}

function decode(file: DataFile, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw new DataError(file.name, undefined, 'the text is not UTF-8', 'save the file as UTF-8', { cause: error })
  }
}

function withPlace<T>(file: DataFile, place: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (!(error instanceof RecordError)) throw error
    throw new DataError(file.name, undefined, place + error.message, error.hint)
  }
}

/** Returns a reader that gives the rows of a data file, which are in memory already, one after the other. */
export function memoryRows(rows: readonly Row[]): Rows {
  let at = -1
  return {
    advance() {
      at += 1
      return at < rows.length
    },
    row: () => rows[at] ?? {},
    rewind() {
      at = -1
    },
  }
}
