/** Formats text in the colours and characters that a terminal supports, so that the sections of a report need not know them. */
import { createRequire } from 'node:module'
import { displayWidth } from '../../text/display-width.ts'
import { terminalSafe } from '../../text/escape.ts'
import { cutToWidth, hang, wrapFacts, wrapWhole } from './width.ts'

/** A function that returns a text with the escape codes of a colour or style for the terminal. */
export type Paint = (text: string) => string

/** Formats text for one terminal, whose colours, marks, width in columns and character set it knows. */
export interface Pen {
  readonly width: number
  readonly unicode: boolean
  readonly good: Paint
  readonly bad: Paint
  readonly warn: Paint
  readonly dim: Paint
  readonly bold: Paint
  readonly marks: typeof UNICODE_MARKS
  /** Returns the text unchanged or, for a terminal without Unicode, with non-ASCII characters replaced by ASCII. */
  ink(text: string): string
  /** Returns the text cut to `columns` terminal columns. A cut text ends in a mark, such as `…`, that the terminal can show. */
  cut(text: string, columns: number): string
  /** Returns the whole text after a prefix, wrapped to the terminal's width; later lines are indented by the prefix's width. */
  wrap(prefix: string, text: string): string[]
  /** Like `wrap`, for a list of facts separated by "·", "+", "=" or "-": lines break between facts where possible. */
  facts(prefix: string, text: string): string[]
  /** Returns untrusted text made safe: one line, control characters visible, at most `maxLength` characters (default 400). */
  safe(text: string, maxLength?: number): string
}

const UNICODE_MARKS = {
  pass: '✓',
  fail: '✗',
  warn: '!',
  skip: '○',
  cut: '…',
  dot: '·',
  arrow: '→',
  dash: '–',
  full: '█',
  empty: '░',
}
const ASCII_MARKS: typeof UNICODE_MARKS = {
  pass: '+',
  fail: 'x',
  warn: '!',
  skip: 'o',
  cut: '...',
  dot: '-',
  arrow: '>',
  dash: '-',
  full: '#',
  empty: '.',
}
const LOOKALIKES: Record<string, string> = {
  '–': '-',
  '—': '-',
  '−': '-',
  '·': '-',
  '×': 'x',
  '÷': '/',
  µ: 'u',
  '…': '.',
  '≤': '<',
  '≥': '>',
  '→': '>',
}

/** Replaces each non-ASCII character of a text by one ASCII character. */
function toAscii(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, (character) => LOOKALIKES[character] ?? '?')
}

const require = createRequire(import.meta.url)

/** Returns the text formatter for a terminal, given its colour support, width in columns (a width below 40 counts as 40) and character set. */
export function makePen(look: { readonly color: boolean; readonly width: number; readonly unicode: boolean }): Pen {
  const { Chalk }: typeof import('chalk') = require('chalk')
  const chalk = new Chalk({ level: look.color ? 1 : 0 })
  const marks = look.unicode ? UNICODE_MARKS : ASCII_MARKS
  const ink = look.unicode ? (text: string) => text : toAscii
  const width = Math.max(40, look.width)
  return {
    width,
    unicode: look.unicode,
    good: (text) => chalk.green(text),
    bad: (text) => chalk.red(text),
    warn: (text) => chalk.yellow(text),
    dim: (text) => chalk.dim(text),
    bold: (text) => chalk.bold(text),
    marks,
    ink,
    cut: (text, columns) => cutToWidth(ink(text), columns, marks.cut),
    wrap: (prefix, text) => hang(prefix, wrapWhole(ink(text), width - displayWidth(prefix))),
    facts: (prefix, text) => hang(prefix, wrapFacts(ink(text), width - displayWidth(prefix))),
    safe: (text, maxLength = 400) =>
      terminalSafe(
        text
          .slice(0, 4 * maxLength)
          .replace(/\s+/g, ' ')
          .trim(),
        { maxLength },
      ),
  }
}
