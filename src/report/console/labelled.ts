/** Lines that begin with a dim label. */
import type { Pen } from '../text/pen.ts'
import { wrapFacts } from '../text/width.ts'

/** Room for the label of a line. */
export const LABEL_COLUMNS = 12

/** A dim label and what belongs to it, in as many lines as it takes. */
export function labelled(label: string, text: string, pen: Pen): string[] {
  return underLabel(label, wrapFacts(pen.ink(text), pen.width - LABEL_COLUMNS - 2), pen)
}

/** A dim label beside the first of some lines. */
export function underLabel(label: string, lines: readonly string[], pen: Pen): string[] {
  return lines.map((line, i) => `  ${i === 0 ? pen.dim(label.padEnd(LABEL_COLUMNS)) : ' '.repeat(LABEL_COLUMNS)}${line}`)
}
