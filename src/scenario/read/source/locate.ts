/** Finds line and column of a path in a scenario, and makes problems that show that place. */
import type { Problem } from '../../../errors.ts'
import { terminalSafe } from '../../../text/escape.ts'
import { MASK, Redactor } from '../../../text/secrets.ts'
import type { Wording } from './finding.ts'
import { codeFrame } from './frame.ts'
import { sourceOffset } from './scalar-offsets.ts'
import { childOf, nodeAt, type Path, pathText, type ScalarNode, type SourceNode, type Span } from './source.ts'

/** The place of a range in the file: lines and columns, counted from 1, columns in UTF-16 units as in editors. */
interface LineRange {
  readonly line: number
  readonly column: number
  /** The column after the end, on the same line; at least `column + 1`. */
  readonly endColumn: number
}

/** The texts of a problem, and the path of the value that it is about. */
interface ProblemText extends Wording {
  readonly path: Path
}

/** Finds the line and column of values in a scenario file, and builds problems that show them. */
export interface Locator {
  readonly file: string
  /** Returns the range of the key or list item at `path`; if it does not exist, that of the nearest parent. */
  key(path: Path): Span
  /** Returns the range of the value at `path`; if it does not exist, that of the key of the nearest parent. */
  value(path: Path): Span
  /** Returns the range of a part of the text at `path`. `offset` counts after escapes and `${env.NAME}` are replaced. */
  inside(path: Path, offset: number, length: number): Span
  /** Returns the unquoted value at `path` exactly as written in the file; undefined for quoted texts, maps and lists. */
  written(path: Path): string | undefined
  /** True when at least a piece of `part`, in the text at `path`, came from the environment. */
  fromEnvironment(path: Path, part: string): boolean
  place(span: Span): LineRange
  /** Makes a problem at the range `span`. Its severity follows from the code: `W_…` is a warning, `I_…` a note. */
  problem(text: ProblemText, span: Span): Problem
}

/** Returns the offsets at which the lines of a text begin. */
function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** Returns the index of the line that contains `offset`, from the offsets at which lines begin. */
function lineOf(starts: readonly number[], offset: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return low
}

/**
 * Converts an offset in a text whose references are replaced to the offset in the text as written. Inside a replaced part, it is the start of the
 * reference.
 */
function writtenOffset(node: ScalarNode, offset: number): number {
  let shift = 0
  for (const part of node.replacements) {
    if (offset < part.at) break
    if (offset < part.at + part.length) return part.sourceAt
    shift = part.sourceAt + part.sourceLength - (part.at + part.length)
  }
  return offset + shift
}

function keySpan(root: SourceNode | undefined, path: Path): Span {
  let node = root
  let span: Span = { start: node?.start ?? 0, end: (node?.start ?? 0) + 1 }
  for (const step of path) {
    const next = childOf(node, step)
    if (next === undefined) break
    span = (node?.kind === 'map' ? node.entries.get(String(step))?.key : undefined) ?? next
    node = next
  }
  return span
}

function insideSpan(text: string, node: SourceNode | undefined, offset: number, length: number): Span | undefined {
  if (node?.kind !== 'scalar' || typeof node.value !== 'string') return undefined
  const start = sourceOffset(node, text, writtenOffset(node, offset))
  const end = sourceOffset(node, text, writtenOffset(node, offset + Math.max(1, length)))
  return { start, end: Math.max(end, start + 1) }
}

function severityOf(code: string): Problem['severity'] {
  return code.startsWith('W_') ? 'warning' : code.startsWith('I_') ? 'note' : 'error'
}

function redactorOf(secrets: readonly string[]): Redactor {
  const redactor = new Redactor()
  for (const secret of secrets) redactor.add(secret)
  return redactor
}

/** Masks the secrets in a line, and returns where the marked part is afterwards. If that part was inside a secret, the mask is marked. */
function maskedLine(line: string, from: number, to: number, redactor: Redactor) {
  const parts = [line.slice(0, from), line.slice(from, to), line.slice(to)]
  const [before = '', marked = '', after = ''] = redactor.redactParts(parts)
  const isWithin = marked === '' && parts[1] !== '' && before.endsWith(MASK)
  const start = before.length - (isWithin ? MASK.length : 0)
  return { text: before + marked + after, from: start, to: before.length + marked.length }
}

/** Returns true when at least a piece of `part`, in the text of a value, came from the environment. */
function isFromEnvironment(node: SourceNode | undefined, part: string): boolean {
  if (node?.kind !== 'scalar') return false
  const start = String(node.value).indexOf(part)
  // If the part is decoded from the text (as JSON in a body), its place is not known.
  if (start < 0) return node.replacements.length > 0
  return node.replacements.some(({ at, length }) => at < start + part.length && at + length > start)
}

/**
 * Returns a locator for a scenario file: it finds the line and column of the value at a path, and builds problems that show the source line. `root`
 * is the parsed tree of `text`, or undefined when parsing failed. `written` is called at the first problem and returns the secrets in the text, to
 * mask them.
 */
export function createLocator(
  text: string,
  file: string,
  root: SourceNode | undefined,
  written: () => readonly string[] = () => [],
): Locator {
  const starts = lineStarts(text)
  let redactor: Redactor | undefined
  const masking = () => (redactor ??= redactorOf(written()))
  const frameOf = (span: Span) => {
    const { index, line, from, to } = locate(span)
    const above = index > 0 ? masking().redact(lineText(index - 1)) : undefined
    return codeFrame({ line: index + 1, above, ...maskedLine(line, from, to, masking()) })
  }
  /** Makes a message safe to print: it may quote the source line, so that secrets in it are masked. */
  const said = (words: string) => terminalSafe(masking().redact(words))
  const lineText = (index: number) =>
    text.slice(starts[index] ?? text.length, (starts[index + 1] ?? text.length + 1) - 1).replace(/\r$/, '')
  const locate = (span: Span) => {
    const index = lineOf(starts, Math.min(span.start, text.length))
    const base = starts[index] ?? 0
    const line = lineText(index)
    const from = Math.min(span.start - base, line.length)
    const to = Math.min(Math.max(span.end - base, from + 1), Math.max(line.length, from + 1))
    return { index, line, from, to }
  }
  const place = (span: Span): LineRange => {
    const { index, from, to } = locate(span)
    return { line: index + 1, column: from + 1, endColumn: to + 1 }
  }
  const valueSpan = (path: Path): Span => nodeAt(root, path) ?? keySpan(root, path)
  return {
    file,
    key: (path) => keySpan(root, path),
    value: valueSpan,
    inside: (path, offset, length) => insideSpan(text, nodeAt(root, path), offset, length) ?? valueSpan(path),
    written: (path) => {
      const node = nodeAt(root, path)
      return node?.kind === 'scalar' && node.style === 'plain' ? text.slice(node.start, node.end) : undefined
    },
    fromEnvironment: (path, part) => isFromEnvironment(nodeAt(root, path), part),
    place,
    problem: (wording, span) => {
      return {
        code: wording.code,
        severity: severityOf(wording.code),
        file,
        ...place(span),
        path: terminalSafe(pathText(wording.path)),
        message: said(wording.message),
        ...(wording.hint === undefined ? {} : { hint: said(wording.hint) }),
        frame: frameOf(span),
      }
    },
  }
}
