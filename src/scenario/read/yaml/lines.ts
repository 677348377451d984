/** Lines of a YAML text, for those who look at what stands around a fault. */

/** One line, without its end. */
export interface YamlLine {
  readonly start: number
  readonly text: string
  /** Columns before the first letter. */
  readonly indent: number
}

const KEY = /^\s*(?:- +)*(?:"[^"]*"|'[^']*'|[^\s:#'"{}[\],&*!|>%@`-][^:#]*?)\s*:(?:\s|$)/

/** Letters of a line that are looked at: the patterns here may take time that grows faster than the length. */
const MAX_LINE = 500

/** The line that holds the character at `offset`; of a very long one the beginning. */
export function lineAt(text: string, offset: number): YamlLine {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  const end = text.indexOf('\n', offset)
  const line = text.slice(start, Math.min(end === -1 ? text.length : end, start + MAX_LINE)).replace(/\r$/, '')
  return { start, text: line, indent: line.length - line.trimStart().length }
}

/** The next line in one direction that holds more than blanks and comments; looks at no more than a hundred. */
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

/** Offset of its first letter. */
export const firstLetter = (line: YamlLine) => line.start + line.indent
/** Whether it begins with a key, behind dashes perhaps. */
export const isKey = (line: YamlLine) => KEY.test(line.text)
/** Whether it is an entry of a list. */
export const isEntry = (line: YamlLine) => /^\s*-(?:\s|$)/.test(line.text)
/** Its text without the blanks around it. */
export const restOf = (line: YamlLine) => line.text.trim()

/** The column of the key in a line such as `- name: x`, from 1. */
export const keyColumn = (line: YamlLine) => line.text.length - line.text.replace(/^\s*(?:- +)*/, '').length + 1
