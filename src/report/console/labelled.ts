/** Prints lines that begin with a dim label, such as "errors". */
import type { Pen } from '../text/pen.ts'
import { wrapFacts } from '../text/width.ts'

/** The width of the labels (such as "attempts") on the left of a run's terminal summary, in terminal columns. */
export const LABEL_COLUMNS = 12

/**
 * Returns lines of the terminal summary: a dim label on the left and `text` beside it. Long text is wrapped, but only between facts, such as "3 ok"
 * and "2 failed".
 */
export function labelled(label: string, text: string, pen: Pen): string[] {
  return underLabel(label, wrapFacts(pen.ink(text), pen.width - LABEL_COLUMNS - 2), pen)
}

/** Returns the given lines of the terminal summary with a dim label before the first line; the other lines are indented by the label's width. */
export function underLabel(label: string, lines: readonly string[], pen: Pen): string[] {
  return lines.map((line, i) => `  ${i === 0 ? pen.dim(label.padEnd(LABEL_COLUMNS)) : ' '.repeat(LABEL_COLUMNS)}${line}`)
}
