/** CSV as RFC 4180 has it, safe to open in a spreadsheet and to show on a terminal. */
import { visibly } from './escape.ts'

/** A value of a table: null where nothing is known, which is an empty cell and never 0. */
export type Cell = string | number | boolean | null

/**
 * What a spreadsheet takes for a formula at the start of a cell, full-width forms included, and the marks that `csvCell` puts before it.
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /^'*[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/

/** What a terminal obeys, and what changes the order of the text around it. Line ends, tabs, and the joiners that letters and emoji need, stay. */
const OBEYED = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/gu

/**
 * Returns one line of a CSV file, with the CR and LF at its end. Text that a spreadsheet would take for a formula gets a `'` before it,
 * control characters become `\u{1b}` and the like; numbers stay numbers, and what is not finite is an empty cell.
 */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

function csvCell(cell: Cell): string {
  if (typeof cell !== 'string') return cell === null || (typeof cell === 'number' && !Number.isFinite(cell)) ? '' : String(cell)
  const safe = cell.replace(OBEYED, visibly)
  const text = FORMULA.test(safe) ? `'${safe}` : safe
  return /[",\r\n]|^ | $/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
