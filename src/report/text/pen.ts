/** Colours and marks of one terminal, so that sections of a report need not know its abilities. */
import { Chalk } from 'chalk'
import { displayWidth } from '../../text/display-width.ts'
import { terminalSafe } from '../../text/escape.ts'
import { cutToWidth, hang, wrapFacts, wrapWhole } from './width.ts'

type Paint = (text: string) => string

export interface Pen {
  readonly width: number
  readonly unicode: boolean
  readonly good: Paint
  readonly bad: Paint
  readonly warn: Paint
  readonly dim: Paint
  readonly bold: Paint
  readonly marks: typeof UNICODE_MARKS
  /** The text in the characters that this terminal has. */
  ink(text: string): string
  /** Cuts to columns with the mark of this terminal. */
  cut(text: string, columns: number): string
  /** The whole text behind a prefix, in lines of the terminal's width; later lines are indented as far as the first. */
  wrap(prefix: string, text: string): string[]
  /** The same for facts set apart by dots or signs: a line breaks between two of them. */
  facts(prefix: string, text: string): string[]
  /** Text from outside: control characters made visible, in one line, at most `maxLength` characters. */
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

/** One ASCII character for each other character, so that widths stay. */
function toAscii(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, (character) => LOOKALIKES[character] ?? '?')
}

/** A pen for the terminal described by `look`. */
export function makePen(look: { readonly color: boolean; readonly width: number; readonly unicode: boolean }): Pen {
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
