/** Finds the lines of a YAML text around an error. */

/** One line of a YAML file, with its offset in the file and its indentation; the line end is left out. */
export interface YamlLine {
  readonly start: number
  readonly text: string
  /** Number of blanks at the beginning of the YAML line. */
  readonly indent: number
}

const KEY = /^\s*(?:- +)*(?:"[^"]*"|'[^']*'|[^\s:#'"{}[\],&*!|>%@`-][^:#]*?)\s*:(?:\s|$)/

/** Number of characters at the beginning of a line that are examined, because the time of the patterns may grow faster than the length. */
const MAX_LINE = 500

/** Returns the line of a YAML file that contains the character at `offset`. Of a very long line, only the beginning is returned. */
export function lineAt(text: string, offset: number): YamlLine {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  const end = text.indexOf('\n', offset)
  const line = text.slice(start, Math.min(end === -1 ? text.length : end, start + MAX_LINE)).replace(/\r$/, '')
  return { start, text: line, indent: line.length - line.trimStart().length }
}

/**
 * Returns, from the lines of a YAML file, the nearest one after `from` (`step` is 1) or before it (-1) that is neither blank nor a comment. Undefined
 * when there is none within a hundred lines.
 */
export function neighbour(text: string, from: YamlLine, step: 1 | -1): YamlLine | undefined {
  let line = from
  for (let count = 0; count < 100; count += 1) {
    const next = step === 1 ? line.start + lineLength(text, line) : line.start - 1
    if (next < 0 || next >= text.length) return undefined
    line = lineAt(text, next)
    if (!/^\s*(?:#|$)/.test(line.text)) return line
  }
  return undefined
}

function lineLength(text: string, line: YamlLine): number {
  const end = text.indexOf('\n', line.start)
  return end === -1 ? text.length - line.start : end + 1 - line.start
}

/** Returns the offset in the file of a line's first character that is not a blank. */
export const firstLetter = (line: YamlLine) => line.start + line.indent
/** True when a line of YAML begins with a key, such as `name: x` or `- name: x`. */
export const isKey = (line: YamlLine) => KEY.test(line.text)
/** True when a line of YAML is an item of a list, such as `- x`. */
export const isEntry = (line: YamlLine) => /^\s*-(?:\s|$)/.test(line.text)
/** Returns the text of a line of a YAML file without blanks at its start and end. */
export const restOf = (line: YamlLine) => line.text.trim()

/** Returns the column, from 1, of the key in a line such as `- name: x`. */
export const keyColumn = (line: YamlLine) => line.text.length - line.text.replace(/^\s*(?:- +)*/, '').length + 1
