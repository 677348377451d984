import { markdownCell } from '../../text/escape.ts'
import { formatCount } from '../text/format.ts'

/** The longest untrusted text in one table cell, in characters. */
const CELL_CHARACTERS = 200

/** Returns untrusted text on one line, cut to `most` characters and escaped, for a table cell or a line of the Markdown report. */
export function cell(text: string, most: number = CELL_CHARACTERS): string {
  const flat = text.replace(/\s+/g, ' ').trim().toWellFormed()
  return markdownCell(flat.length > most ? `${flat.slice(0, most).toWellFormed()}…` : flat)
}

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`

/**
 * Returns the lines of a Markdown table whose first `leftColumns` columns are left-aligned; its cells must be escaped already. `hidden` is the number
 * of rows that the caller left out; if it is above 0, a line below the table states it.
 */
export function table(header: readonly string[], rows: readonly (readonly string[])[], hidden = 0, leftColumns = 1): string[] {
  const alignment = row(header.map((_, i) => (i < leftColumns ? '---' : '--:')))
  const more = hidden > 0 ? ['', `… ${formatCount(hidden)} more, see \`result.json\``] : []
  return [row(header), alignment, ...rows.map(row), ...more]
}
