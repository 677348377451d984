/** Cutting, padding and wrapping texts by the terminal columns that they take. Texts hold no escape sequences. */
import { displayWidth } from '../../text/display-width.ts'

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** The text in at most `columns` columns; `mark` ends it where something was cut off. */
export function cutToWidth(text: string, columns: number, mark = '…'): string {
  if (displayWidth(text) <= columns) return text
  const room = columns - mark.length
  if (room < 0) return mark.slice(0, Math.max(0, columns))
  let kept = ''
  let width = 0
  for (const { segment } of segmenter.segment(text)) {
    width += displayWidth(segment)
    if (width > room) break
    kept += segment
  }
  return kept.trimEnd() + mark
}

/** Fills up with spaces on the right. */
export function padRight(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)))
}

/** Fills up with spaces on the left. */
export function padLeft(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - displayWidth(text))) + text
}

/** The text in at most `maxLines` lines of `columns` columns, broken at spaces; what does not fit is cut with `mark`. */
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

/** The whole text in lines of `columns` columns, however many it takes. */
export function wrapWhole(text: string, columns: number): string[] {
  return wrapToWidth(text, Math.max(1, columns), Number.POSITIVE_INFINITY)
}

/** After these a line of facts may break; a number stays with its word. */
const BETWEEN_FACTS = /(?<= [·+=-]) /

/** Facts such as "3 ok + 0 failed" or "20/s ok · errors 1%" in whole lines: broken between facts, within one only when it is too wide. */
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

/** Lines behind a first prefix, the later ones indented by as much. */
export function hang(prefix: string, lines: readonly string[]): string[] {
  const indent = ' '.repeat(displayWidth(prefix))
  return lines.map((line, i) => (i === 0 ? prefix : indent) + line)
}
