/** Prints the source line of a problem, with carets under the wrong part. */

import { displayWidth } from '../../../text/display-width.ts'
import { terminalSafe } from '../../../text/escape.ts'

/** Largest length of a printed line, in characters; longer lines are cut around the marked part. */
const MAX_LINE = 110
const BEFORE_CARET = 40

interface FrameInput {
  /** Number of the source line with the problem, from 1. */
  readonly line: number
  readonly text: string
  /** The source line before the one with the problem; undefined for the first line. */
  readonly above: string | undefined
  /** Start of the marked part of the line, counted from 0; `to` is its end. */
  readonly from: number
  readonly to: number
}

const shown = (text: string) => terminalSafe(text.replaceAll('\t', '  '))

/** Moves a cut back by one when it would fall inside a surrogate pair. */
function whole(text: string, at: number): number {
  return at > 0 && /[\udc00-\udfff]/.test(text[at] ?? '') ? at - 1 : at
}

function row(label: string, text: string): string {
  return `${label} | ${text}`.trimEnd()
}

function clipped(text: string): string {
  return text.length > MAX_LINE ? `${shown(text.slice(0, whole(text, MAX_LINE)))}…` : shown(text)
}

/**
 * Returns the lines to print for a problem in a file: the line before it (unless blank), its own line, and one with carets (`^`) below the wrong
 * text. Long lines are cut. All are safe to print on a terminal.
 */
export function codeFrame({ line, text, above, from, to }: FrameInput): string {
  const start = text.length > MAX_LINE ? whole(text, Math.max(0, from - BEFORE_CARET)) : 0
  const end = whole(text, Math.min(text.length, start + MAX_LINE))
  const lead = `${start > 0 ? '…' : ''}${shown(text.slice(start, from))}`
  const marked = shown(text.slice(from, Math.min(to, end)))
  const gutter = String(line).length
  const rows = [
    row(String(line), `${lead}${marked}${shown(text.slice(Math.min(to, end), end))}${end < text.length ? '…' : ''}`),
    row(' '.repeat(gutter), ' '.repeat(displayWidth(lead)) + '^'.repeat(Math.max(1, displayWidth(marked)))),
  ]
  if (above !== undefined && above.trim() !== '') rows.unshift(row(String(line - 1).padStart(gutter), clipped(above)))
  return rows.join('\n')
}
