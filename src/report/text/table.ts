import { displayWidth } from '../../text/display-width.ts'
import type { Pen } from './pen.ts'
import { padLeft, padRight } from './width.ts'

/** The space between two columns of a table. */
const GAP = '  '

/** Returns for each column of a table the width of its widest cell, in terminal columns. */
export function columnWidths(rows: readonly (readonly string[])[]): number[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, displayWidth(cell))
  }
  return widths
}

/**
 * Returns the rows of a text table, made narrow enough for a terminal of `pen.width` columns where possible. To do so, it removes the columns whose
 * headings `dispensable` lists, one after the other in that order, until the table fits; the table stays too wide if that is not enough. The first
 * row holds the headings.
 */
export function fittingRows(
  rows: readonly (readonly string[])[],
  dispensable: readonly string[],
  pen: Pen,
): readonly (readonly string[])[] {
  let kept = rows
  for (const name of dispensable) {
    const widths = columnWidths(kept.map((row) => row.map(pen.ink)))
    if (widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length) <= pen.width) break
    const drop = kept[0]?.indexOf(name)
    kept = kept.map((row) => row.filter((_, at) => at !== drop))
  }
  return kept
}

/** Returns the rows of a table as lines with aligned columns. Columns whose index is in `right` are right-aligned. */
export function alignedLines(rows: readonly (readonly string[])[], right: ReadonlySet<number>, pen: Pen): string[] {
  const all = rows.map((row) => row.map(pen.ink))
  const widths = columnWidths(all)
  return all.map((row) =>
    row
      .map((cell, at) => (right.has(at) ? padLeft : padRight)(cell, widths[at] ?? 0))
      .join(GAP)
      .trimEnd(),
  )
}
