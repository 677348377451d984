/** Turns untrusted texts into lines for a window: escaped and wrapped, in a time proportional to their length. */
import type { Pen } from '../../../report/text/pen.ts'
import { cutToWidth } from '../../../report/text/width.ts'
import { terminalSafe } from '../../../text/escape.ts'

/**
 * Wraps a text at spaces to lines of at most `columns` columns. Line breaks in it are kept, tabs become spaces, and control characters are
 * escaped.
 */
export function textLines(text: string, columns: number, pen: Pick<Pen, 'ink'>): string[] {
  const room = Math.max(2, columns)
  return terminalSafe(text)
    .split('\n')
    .flatMap((line) => wrapped(pen.ink(line.replaceAll('\t', '    ')), room))
}

/** Wraps one line at spaces. Only the beginning of the rest is measured for each new line, because measuring all of it would take quadratic time. */
function wrapped(line: string, columns: number): string[] {
  const lines: string[] = []
  let rest = line
  while (rest.length > 0) {
    const window = rest.slice(0, columns * 4)
    const piece = cutToWidth(window, columns, '')
    if (piece.length === 0) break
    if (piece.length === rest.length) return [...lines, piece]
    const space = piece.lastIndexOf(' ')
    const end = rest[piece.length] === ' ' || space <= 0 ? piece.length : space
    lines.push(rest.slice(0, end).trimEnd())
    rest = rest.slice(end).replace(/^ +/, '')
  }
  return lines.length === 0 ? [''] : lines
}

/**
 * Returns the beginning of a text: the fraction `share` (0 to 1) of its length, which the player of `burn replay` shows as already received.
 * Characters are never split.
 */
export function beginning(text: string, share: number): string {
  const end = Math.floor(text.length * Math.min(1, Math.max(0, share)))
  const last = text.charCodeAt(end - 1)
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? end - 1 : end)
}
