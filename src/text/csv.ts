/** Writes CSV (RFC 4180) that is safe to open in a spreadsheet and to print on a terminal. */
import { visibly } from './escape.ts'

/** A value of a table. Null means an unknown value, which is written as an empty cell and never as 0. */
export type Cell = string | number | boolean | null

/**
 * Matches what a spreadsheet would read as a formula at the start of a cell, including full-width signs and the marks that `csvCell` puts before it.
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /^'*[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/

/**
 * Matches characters that control a terminal or change the order of the text around them. Line ends, tabs, and the joiners inside letters and emoji
 * are not matched.
 */
const OBEYED = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/gu

/**
 * Returns one line of a CSV file that ends in CR and LF. A text that a spreadsheet would read as a formula gets a `'` before it, and each control
 * character other than tabs and line ends becomes a visible escape such as `\u{1b}`. A number that is not finite becomes an empty cell.
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
