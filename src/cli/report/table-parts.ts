/** Yields a table in parts, in the format that the user asks for. */
import { type Column, CSV, JSON_LINES, type TableForm } from '../../report/tables/column.ts'
import { parquetParts } from './parquet.ts'
import type { AskedFormat } from './request.ts'

/** How many characters of a table are written before signals are handled. */
const BATCH_CHARACTERS = 64 * 1024

/**
 * Yields a report table in parts, so that the process can handle signals in between. The table is CSV, Parquet or, for any other format, JSON Lines.
 * `rows` is read one row at a time.
 */
export function tableParts<Row>(
  columns: readonly Column<Row>[],
  rows: Iterable<Row>,
  format: AskedFormat,
): AsyncGenerator<string | Uint8Array> {
  if (format === 'parquet') return parquetParts(columns, rows)
  return lines(columns, rows, format === 'csv' ? CSV : JSON_LINES)
}

async function* lines<Row>(columns: readonly Column<Row>[], rows: Iterable<Row>, form: TableForm): AsyncGenerator<string> {
  let batch = form.head(columns)
  for (const row of rows) {
    batch += form.row(columns, row)
    if (batch.length < BATCH_CHARACTERS) continue
    yield batch
    batch = ''
    await new Promise(setImmediate)
  }
  if (batch !== '') yield batch
}
