/** Opens trace files: detects the format, and makes a cursor over the rows. */
import { CsvFormat } from '../../records/csv.ts'
import { RowCursor, recordReader } from '../../records/cursor.ts'
import { closeDataFile, DataError, type DataFile, openDataFile, readFully } from '../../records/file.ts'
import { JsonListFormat } from '../../records/json-list.ts'
import { JsonLinesFormat } from '../../records/jsonl.ts'
import type { RecordFormat, Row } from '../../records/record.ts'
import type { TraceFormat } from './formats/format.ts'
import { traceFormats } from './formats/index.ts'

const COMMA = 0x2c
/** The number of bytes at the beginning of a file in which its first visible character is looked for. */
const HEAD_BYTES = 1024

/** An open trace file with its format, and a cursor that reads its rows one after the other, from the first one on. */
export interface TraceSource {
  readonly file: DataFile
  readonly format: TraceFormat
  readonly cursor: RowCursor
  /** Returns a function that reads one row, given the byte offset of its start and that of its end or of any place behind it. */
  reader(): (offset: number, end: number) => Row
}

/**
 * Opens the trace file `name`, a path relative to the folder `baseDir`. `format` is the name of one of `traceFormats`, or `auto` to detect it from
 * the first character of the file and the names of its fields.
 * @throws DataError for a file that is missing, outside of the folder, empty or of no known format
 */
export function openTrace(name: string, format: string, baseDir: string): TraceSource {
  const file = openDataFile(name, baseDir)
  try {
    const found = traceFormats.find((one) => one.name === format) ?? detect(file, shapeOf(file))
    return { file, format: found, ...rowsOf(file, found.file) }
  } catch (error) {
    closeDataFile(file)
    throw error
  }
}

/** Detects from the first character of a file whether it is a JSON list, JSON lines or CSV. */
function shapeOf(file: DataFile): TraceFormat['file'] {
  const head = Buffer.alloc(Math.min(HEAD_BYTES, file.size - file.start))
  readFully(file, head, 0, head.length, file.start)
  const first = head.toString('latin1').trimStart()[0]
  return first === '[' ? 'list' : first === '{' ? 'lines' : 'csv'
}

function rowsOf(file: DataFile, shape: TraceFormat['file']): Pick<TraceSource, 'cursor' | 'reader'> {
  if (shape === 'csv') return csvRows(file)
  const format = (single: boolean): RecordFormat => (shape === 'list' ? new JsonListFormat(single) : new JsonLinesFormat())
  return { cursor: new RowCursor(file, format(false)), reader: () => recordReader(file, format(true)) }
}

function csvRows(file: DataFile): Pick<TraceSource, 'cursor' | 'reader'> {
  const format = new CsvFormat(COMMA)
  const cursor = new RowCursor(file, format)
  cursor.header((bytes) => format.name(format.fields(bytes)))
  const reader = () => {
    const single = new CsvFormat(COMMA)
    single.columns = format.columns
    return recordReader(file, single)
  }
  return { cursor, reader }
}

/** Returns the format that the fields of the first row belong to. */
function detect(file: DataFile, shape: TraceFormat['file']): TraceFormat {
  const { cursor } = rowsOf(file, shape)
  if (!cursor.advance()) throw new DataError(file.name, undefined, 'there are no rows in the file')
  const row = cursor.row()
  const found = traceFormats.find((format) => format.file === shape && format.fits(row))
  if (found) return found
  const names = Object.keys(row).slice(0, 6)
  throw new DataError(
    file.name,
    cursor.line,
    `no known format has rows with these fields: ${JSON.stringify(names).slice(1, 200)}`,
    `known: ${traceFormats.map(({ name }) => name).join(', ')}; burn's own has atMs in each row`,
  )
}
