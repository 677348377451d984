/** Tables for other programs: what is one row, and how rows become CSV or lines of JSON. */
import { type Cell, csvLine } from '../../text/csv.ts'
import { safeJson } from '../../text/escape.ts'

/** A column of a table: its name, which ends in the unit where there is one, and its value in a row. Names are stable: programs read them. */
export interface Column<Row> {
  readonly name: string
  /** What its values are; numbers when left out. */
  readonly kind?: 'text' | 'flag'
  readonly of: (row: Row) => Cell
}

/** How a table is written: its head, which may be empty, and each row, with the ends of their lines. */
export interface TableForm {
  head<Row>(columns: readonly Column<Row>[]): string
  row<Row>(columns: readonly Column<Row>[], row: Row): string
}

/** CSV: a line with the names of the columns, then one for each row. */
export const CSV: TableForm = {
  head: (columns) => csvLine(columns.map(({ name }) => name)),
  row: (columns, row) => csvLine(columns.map(({ of }) => written(of(row)))),
}

/** Lines of JSON: one object for each row, with the columns as its members. */
export const JSON_LINES: TableForm = {
  head: () => '',
  row: (columns, row) => `${safeJson(Object.fromEntries(columns.map(({ name, of }) => [name, written(of(row))])))}\n`,
}

/** A double holds 15 digits of any number; more are the noise of its sums. What is not finite is not known: JSON has no word for it. */
function written(cell: Cell): Cell {
  if (typeof cell !== 'number') return cell
  return Number.isFinite(cell) ? Number(cell.toPrecision(15)) : null
}
