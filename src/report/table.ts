/** Rows of cells set out in columns, without rules. */
import { displayWidth, padLeft, padRight } from './width.ts'

/** Pads the cells of each column alike: the first column to the left, the others to the right, two spaces between. */
export function alignColumns(rows: readonly (readonly string[])[], leftColumns = 1): string[] {
  const widths = columnWidths(rows)
  return rows.map((row) => row.map((cell, i) => padTo(cell, widths[i] ?? 0, i < leftColumns)).join('  ').trimEnd())
}

/** The widest cell of each column, in terminal columns. */
export function columnWidths(rows: readonly (readonly string[])[]): number[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, displayWidth(cell))
  }
  return widths
}

function padTo(cell: string, width: number, left: boolean): string {
  return left ? padRight(cell, width) : padLeft(cell, width)
}
