import { setImmediate as nextTurn } from 'node:timers/promises'
import { type RowCursor, recordReader } from '../records/cursor.ts'
import { closeDataFile } from '../records/file.ts'
import type { Row } from '../records/record.ts'
import { RowOffsets } from './offsets.ts'
import type { TableSpec } from './schema.ts'
import { type MemorySource, openSource, type RecordSource } from './source.ts'

/**
 * Largest file in bytes whose rows are kept in memory, where they take several times as much. For a larger file, only the offsets of its rows are
 * kept.
 */
const MAX_HELD_BYTES = 4 * 1024 * 1024
/** Number of rows that are read in one go before other work of the program may run. */
const ROWS_PER_TURN = 20_000

/** Reads the rows of a data file by their number. */
export interface Table {
  /** Names of the columns; undefined when each row has its own (JSON). */
  readonly columns: readonly string[] | undefined
  /** Number of rows, at least one. */
  readonly count: number
  /** Returns row `index`, from 0 to count − 1; may read the file. Throws DataError when the file was changed. */
  row(index: number): Row
  close(): void
}

/** The settings for opening a data file by row number, beside the file itself. */
interface TableContext {
  /** Folder of the scenario, where relative paths start. */
  readonly baseDir: string
  readonly signal?: AbortSignal
}

/**
 * Opens a data file so that its rows can be read by number in any order. The whole file is read once here: of a small file, the rows are held in
 * memory; of a large one, only the offsets at which they begin. Rejects with DataError, or with the abort reason of `signal`.
 */
export async function openTable(spec: TableSpec, context: TableContext): Promise<Table> {
  return tableOf(openSource(spec, context.baseDir), context.signal)
}

/** Returns a table (access to rows by number) for an open data file. Rejects with DataError, or with the abort reason of `signal`. */
export async function tableOf(source: RecordSource | MemorySource, signal?: AbortSignal): Promise<Table> {
  if (source.kind === 'memory') return heldTable(source.rows, undefined)
  let keep = false
  try {
    if (source.file.size <= MAX_HELD_BYTES) return heldTable(allRows(source.cursor), source.columns)
    const table = indexedTable(source, await scan(source.cursor, signal))
    keep = true
    return table
  } finally {
    if (!keep) closeDataFile(source.file)
  }
}

function heldTable(rows: readonly Row[], columns: readonly string[] | undefined): Table {
  return { columns, count: rows.length, row: (index) => rows[index] ?? outside(index), close: () => {} }
}

function allRows(cursor: RowCursor): Row[] {
  const rows: Row[] = []
  while (cursor.advance()) rows.push(cursor.row())
  return rows
}

async function scan(cursor: RowCursor, signal: AbortSignal | undefined): Promise<RowOffsets> {
  const offsets = new RowOffsets()
  while (cursor.advance()) {
    offsets.push(cursor.offset)
    // Pauses now and then, so that signals and key presses are noticed while gigabytes are read.
    if (offsets.length % ROWS_PER_TURN === 0) await nextTurn()
    signal?.throwIfAborted()
  }
  return offsets
}

function indexedTable({ file, format, columns }: RecordSource, offsets: RowOffsets): Table {
  const read = recordReader(file, format())
  const endOf = (index: number): number => (index + 1 < offsets.length ? offsets.at(index + 1) : file.size)
  return {
    columns,
    count: offsets.length,
    row: (index) => (index < offsets.length ? read(offsets.at(index), endOf(index)) : outside(index)),
    close: () => closeDataFile(file),
  }
}

function outside(index: number): never {
  throw new RangeError(`the table has no row ${index}`)
}
