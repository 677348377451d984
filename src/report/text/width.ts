/** Cuts, pads and wraps texts by their width in terminal columns. The texts must not contain escape sequences. */
import { characters, displayWidth } from '../../text/display-width.ts'

/** Cuts a text to at most `columns` terminal columns. A text that was cut ends in `mark`, by default an ellipsis. */
export function cutToWidth(text: string, columns: number, mark = '…'): string {
  if (displayWidth(text) <= columns) return text
  const room = columns - mark.length
  if (room < 0) return mark.slice(0, Math.max(0, columns))
  let kept = ''
  let width = 0
  for (const { segment } of characters(text)) {
    width += displayWidth(segment)
    if (width > room) break
    kept += segment
  }
  return kept.trimEnd() + mark
}

/** Fills a text with spaces on the right to `columns` terminal columns. */
export function padRight(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)))
}

/** Fills a text with spaces on the left to `columns` terminal columns. */
export function padLeft(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - displayWidth(text))) + text
}

/**
 * Wraps a text to lines of at most `columns` terminal columns, at spaces or, where a word is longer than a line, inside the word. A text that needs
 * more than `maxLines` lines is cut and ends in `mark`, by default an ellipsis.
 */
export function wrapToWidth(text: string, columns: number, maxLines: number, mark = '…'): string[] {
  const lines: string[] = []
  let rest = text.trim()
  while (rest !== '' && lines.length < maxLines - 1 && displayWidth(rest) > columns) {
    const piece = cutToWidth(rest, columns, '')
    const space = piece.lastIndexOf(' ')
    const end = rest[piece.length] === ' ' || space <= 0 ? piece.length : space
    if (end === 0) break
    lines.push(rest.slice(0, end).trimEnd())
    rest = rest.slice(end).trimStart()
  }
  return rest === '' ? lines : [...lines, cutToWidth(rest, columns, mark)]
}

/**
 * Wraps the whole text at spaces to lines of at most `columns` columns, in as many lines as it needs. A word that is longer than a line is broken.
 */
export function wrapWhole(text: string, columns: number): string[] {
  return wrapToWidth(text, Math.max(1, columns), Number.POSITIVE_INFINITY)
}

/** Matches the spaces at which a line of facts may break: those after a separator, so that a number stays with its word. */
const BETWEEN_FACTS = /(?<= [·+=-]) /

/**
 * Wraps a text of facts, such as "3 ok + 0 failed", to lines of `columns` terminal columns. A line breaks inside a fact only if the fact is wider
 * than a line.
 */
export function wrapFacts(text: string, columns: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const fact of text.split(BETWEEN_FACTS)) {
    const longer = line === '' ? fact : `${line} ${fact}`
    if (displayWidth(longer) <= columns) {
      line = longer
      continue
    }
    if (line !== '') lines.push(line)
    const pieces = wrapWhole(fact, columns)
    lines.push(...pieces.slice(0, -1))
    line = pieces.at(-1) ?? ''
  }
  return line === '' ? lines : [...lines, line]
}

/** Returns the lines of a report with `prefix` before the first line; the other lines are indented by the width of `prefix`. */
export function hang(prefix: string, lines: readonly string[]): string[] {
  const indent = ' '.repeat(displayWidth(prefix))
  return lines.map((line, i) => (i === 0 ? prefix : indent) + line)
}
