/** Finds where the n-th character of a text value stands in the file, in spite of escapes, quotes, folding and indentation. */
import type { ScalarNode } from './source.ts'

const ESCAPE = /\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[\s\S])/y

/**
 * Returns the length (in UTF-16 units) of the character that the escape at `at` stands for, and of the escape itself; undefined when there is no
 * escape.
 */
function escapeAt(line: string, at: number, style: ScalarNode['style']): { raw: number; value: number } | undefined {
  if (style === 'single') return line.startsWith("''", at) ? { raw: 2, value: 1 } : undefined
  if (style !== 'double' || line[at] !== '\\') return undefined
  ESCAPE.lastIndex = at
  const written = ESCAPE.exec(line)?.[0]
  if (written === undefined) return { raw: 1, value: 0 }
  return { raw: written.length, value: written[1] === 'U' && Number.parseInt(written.slice(2), 16) > 0xffff ? 2 : 1 }
}

interface Line {
  /** Offset in the file of the line's first character. */
  readonly at: number
  readonly text: string
}

/** Returns the lines of an unquoted or quoted scalar without the white space around them, which YAML folds away. */
function flowLines(raw: string, start: number): Line[] {
  let at = start
  return raw.split('\n').map((text, index, all) => {
    const left = index === 0 ? 0 : text.length - text.trimStart().length
    const inner = text.slice(left)
    const line = { at: at + left, text: index === all.length - 1 ? inner : inner.trimEnd() }
    at += text.length + 1
    return line
  })
}

/** Returns the lines of a block scalar below its header, without their indentation. */
function blockLines(raw: string, start: number): Line[] {
  const header = raw.indexOf('\n') + 1
  if (header === 0) return []
  const texts = raw.slice(header).split('\n')
  const given = /^[|>][+-]?([1-9])/.exec(raw)?.[1]
  const firstLine = texts.find((text) => text.trim() !== '') ?? ''
  const indent = firstLine.length - firstLine.trimStart().length
  let at = start + header
  return texts.map((text) => {
    const skip = Math.min(given === undefined ? indent : Math.max(Number(given), indent), text.length)
    const line = { at: at + skip, text: text.slice(skip).replace(/\r$/, '') }
    at += text.length + 1
    return line
  })
}

function linesOf(node: ScalarNode, source: string): Line[] {
  const raw = source.slice(node.start, node.end)
  if (node.style === 'literal' || node.style === 'folded') return blockLines(raw, node.start)
  if (node.style === 'plain') return flowLines(raw, node.start)
  return flowLines(raw.slice(1, raw.endsWith(raw[0] ?? '') && raw.length > 1 ? -1 : undefined), node.start + 1)
}

/**
 * Converts an offset in a text value, before its references such as `${env.NAME}` are replaced, to the offset in the file. The two differ because of
 * escapes and folded lines.
 */
export function sourceOffset(node: ScalarNode, source: string, offset: number): number {
  const value = typeof node.written === 'string' ? node.written : ''
  let seen = 0
  let last = node.start
  for (const line of linesOf(node, source)) {
    // Between two lines, the value has one space or line breaks.
    while (seen < value.length && /[ \n]/.test(value[seen] ?? '') && value[seen] !== line.text[0]) {
      if (seen === offset) return last
      seen += 1
    }
    let at = 0
    while (at < line.text.length) {
      const step = escapeAt(line.text, at, node.style) ?? { raw: 1, value: 1 }
      if (offset < seen + step.value) return line.at + at
      seen += step.value
      at += step.raw
    }
    if (line.text !== '') last = line.at + line.text.length
  }
  return last
}
