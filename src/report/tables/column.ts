/** Writes tables for other programs, as CSV or as lines of JSON. */
import { type Cell, csvLine } from '../../text/csv.ts'
import { safeJson } from '../../text/escape.ts'

/**
 * A column of a report table (CSV, JSON Lines, Parquet): its name and its value in a row. The name ends in the unit, if there is one, and never
 * changes, because programs read it.
 */
export interface Column<Row> {
  readonly name: string
  /** The type of the column's values: `text` or `flag` (true or false); numbers when left out. */
  readonly kind?: 'text' | 'flag'
  readonly of: (row: Row) => Cell
}

/**
 * A format of report tables, such as CSV: functions that return the head of the table, which may be empty, and each row as text, line ends included.
 */
export interface TableForm {
  head<Row>(columns: readonly Column<Row>[]): string
  row<Row>(columns: readonly Column<Row>[], row: Row): string
}

/** The table format CSV: one line with the names of the columns, then one line for each row. */
export const CSV: TableForm = {
  head: (columns) => csvLine(columns.map(({ name }) => name)),
  row: (columns, row) => csvLine(columns.map(({ of }) => written(of(row)))),
}

/** The table format JSON Lines: one object for each row, with the columns as its members. */
export const JSON_LINES: TableForm = {
  head: () => '',
  row: (columns, row) => `${safeJson(Object.fromEntries(columns.map(({ name, of }) => [name, written(of(row))])))}\n`,
}

/**
 * Rounds a number to 15 digits, because further digits are rounding errors of sums. A number that is not finite becomes null, because JSON cannot
 * hold it.
 */
function written(cell: Cell): Cell {
  if (typeof cell !== 'number') return cell
  return Number.isFinite(cell) ? Number(cell.toPrecision(15)) : null
}
