/** Explains errors of the YAML parser in plain words, at the place where the mistake was made. */
import type { CST, YAMLError } from 'yaml'
import { E_SYNTAX } from '../../problems/syntax/E_SYNTAX.ts'
import { E_TAG } from '../../problems/syntax/E_TAG.ts'
import { type Code, type SourceProblem, shown } from '../source/finding.ts'
import { firstLetter, isEntry, isKey, keyColumn, lineAt, neighbour, restOf, type YamlLine } from './lines.ts'
import { openBrackets, type QuotedText, quotedTexts } from './tokens.ts'

/** A syntax problem before it gets its place in the file: code, offset, message and hint. */
interface Diagnosis {
  /** Code of the syntax problem. Default: `E_SYNTAX`. */
  readonly code?: Code
  readonly offset: number
  readonly length?: number
  readonly message: string
  readonly hint?: string | undefined
}

/** An error of the YAML parser, with the text and lines around it. */
interface Complaint {
  readonly error: YAMLError
  readonly text: string
  readonly tokens: readonly CST.Token[]
  /** Offset in the file at which the parser reports the error. */
  readonly at: number
  /** The line with the error; `below` and `above` are the nearest lines that are not blank. */
  readonly line: YamlLine
  readonly below: YamlLine | undefined
  readonly above: YamlLine | undefined
}

const BRACES = 'a text that begins with {{ needs quotes around it'
const QUOTES = 'a text with [ ] { } , # or : in it may need quotes around it'
function atLine(line: YamlLine, message: string, hint?: string): Diagnosis {
  return { offset: firstLetter(line), length: restOf(line).length, message, hint }
}

/** Diagnoses a key that is indented below another key which already has a value. */
function tooDeep({ line, below }: Complaint): Diagnosis | undefined {
  if (below === undefined || !isKey(line) || !isKey(below) || below.indent < keyColumn(line) || /:\s+[{[]/.test(line.text))
    return undefined
  const column = keyColumn(line)
  return atLine(
    below,
    'this key is indented deeper than the one above it, which has a value already',
    `start it in column ${column}, or leave out the value above it`,
  )
}

/** Diagnoses a colon in an unquoted text, as in `message: hi: there`. */
function colonInText({ line, at }: Complaint): Diagnosis | undefined {
  const value = /:\s+([^"'[{|>&*!\s].*)$/.exec(line.text)
  const colon = value ? line.text.indexOf(': ', line.text.length - (value[1]?.length ?? 0)) : -1
  if (colon === -1) return undefined
  const offset = line.start + line.text.length - (value?.[1]?.length ?? 0)
  return {
    offset: Math.max(at, offset),
    length: value?.[1]?.length ?? 1,
    message: 'a text with ": " in it is read as another key',
    hint: `put it in quotes: ${shown(value?.[1])}`,
  }
}

/** Diagnoses a line in a map that is not `key: value`. */
function noKey({ line, above }: Complaint): Diagnosis | undefined {
  if (isEntry(line)) return strayEntry(line, above)
  if (isKey(line)) return undefined
  return (
    besideBlock(line, above) ??
    atLine(line, `expected "key: value", got ${shown(restOf(line))}`, 'a colon and a space stand behind a key')
  )
}

/** Diagnoses a line below `key: |` that is not indented enough to belong to its text. */
function besideBlock(line: YamlLine, above: YamlLine | undefined): Diagnosis | undefined {
  const mark = above && /[:-]\s+([|>])[-+\d]*$/.exec(above.text)?.[1]
  if (above === undefined || mark === undefined) return undefined
  return atLine(
    line,
    'this line does not belong to the text above it',
    `text below ${mark} starts in column ${keyColumn(above) + 2}`,
  )
}

function strayEntry(line: YamlLine, above: YamlLine | undefined): Diagnosis {
  if (above !== undefined && isEntry(above) && above.indent !== line.indent)
    return atLine(
      line,
      `this entry starts in column ${line.indent + 1}, the one above it in column ${above.indent + 1}`,
      'entries of one list start in the same column',
    )
  return atLine(line, 'an entry of a list cannot stand here', 'the entries of one list start in the same column, below its key')
}

/** Diagnoses a key that starts in another column than all keys of its map. */
function wrongColumn({ line, above }: Complaint): Diagnosis | undefined {
  if (isEntry(line)) return strayEntry(line, above)
  if (!isKey(line)) return besideBlock(line, above) ?? textOutside(line)
  const inEntry = above && isEntry(above) && line.indent > above.indent - 1 && line.indent < keyColumn(above)
  if (inEntry)
    return atLine(
      line,
      'this key belongs to no entry of the list',
      `start it in column ${keyColumn(above)} to belong to the entry above`,
    )
  return atLine(line, 'this key starts in another column than the keys before it', 'keys of one map start in the same column')
}

function textOutside(line: YamlLine): Diagnosis {
  return atLine(
    line,
    `expected "key: value", got ${shown(restOf(line))}`,
    'text that goes on over lines is indented, below | or in quotes',
  )
}

/** Diagnoses a quote that is not closed, at the place where it begins. */
function unclosedQuote({ tokens, text }: Complaint): Diagnosis | undefined {
  const open = quotedTexts(tokens).findLast(({ closed }) => !closed)
  return open && wrongQuote(open, text)
}

function wrongQuote({ offset, quote }: QuotedText, text: string): Diagnosis {
  const { start, text: line } = lineAt(text, offset)
  return {
    offset,
    length: line.length - (offset - start),
    message: `the text that begins here has no closing ${quote === '"' ? 'double' : 'single'} quote`,
    hint:
      quote === "'"
        ? "inside of single quotes an apostrophe is written twice: ''"
        : 'inside of double quotes another one is written \\"',
  }
}

/** Diagnoses text after a quoted text: the quote was closed too early or too late. */
function behindQuote({ tokens, text, at }: Complaint): Diagnosis | undefined {
  const before = quotedTexts(tokens).findLast(({ end }) => end <= at)
  if (before === undefined || text.slice(before.end, at).trim() !== '') return undefined
  const { offset, quote, end } = before
  if (text.slice(offset, end).includes('\n')) return wrongQuote(before, text)
  return {
    offset: at,
    message: 'more text stands behind the closing quote',
    hint:
      quote === "'"
        ? "inside of single quotes an apostrophe is written twice: ''"
        : 'inside of double quotes another one is written \\"',
  }
}

const NAMES = { '[': 'list', '{': 'map' } as const
const CLOSERS = { '[': ']', '{': '}' } as const

/** Diagnoses a list or map whose closing bracket is missing, at the place where the innermost such one begins. */
function unclosedBracket({ tokens, at }: Complaint): Diagnosis | undefined {
  const open = openBrackets(tokens).findLast(({ offset }) => offset <= at)
  if (open === undefined) return undefined
  const { offset, bracket } = open
  return {
    offset,
    message: `the ${NAMES[bracket]} that begins here is never closed`,
    hint: `add the missing ${CLOSERS[bracket]}`,
  }
}

/** Diagnoses two entries of `{ }` or `[ ]` without a comma between them. */
function missingComma({ at, line }: Complaint): Diagnosis {
  const hint = /\{\{/.test(line.text) ? BRACES : `a comma stands between two entries; ${QUOTES}`
  return { offset: at, message: 'a comma is missing behind this value', hint }
}

function reservedStart({ at, text }: Complaint): Diagnosis {
  const word = /^\S[^\n]{0,58}/.exec(text.slice(at))?.[0].trimEnd() ?? ''
  return {
    offset: at,
    length: word.length,
    message: `a text cannot begin with ${word[0] ?? ''}`,
    hint: `put it in quotes: ${shown(word)}`,
  }
}

function unexpected(complaint: Complaint): Diagnosis | undefined {
  const { at, text, line } = complaint
  if (/[:-]\s+\{\{/.test(line.text)) return { offset: at, message: 'this cannot be read', hint: BRACES }
  const quote = behindQuote(complaint)
  if (quote !== undefined) return quote
  const letter = text[at] ?? ''
  if (letter === ',') return { offset: at, message: 'nothing stands between this comma and the one before', hint: 'leave it out' }
  if (letter === '}' || letter === ']') return { offset: at, message: `this ${letter} closes nothing`, hint: QUOTES }
  if (isEntry(line) && at === firstLetter(line)) return strayEntry(line, complaint.above)
  if (/^Block scalar header/.test(complaint.error.message))
    return { offset: at, message: 'nothing but + or - and a digit may follow | or >', hint: 'the text begins on the next line' }
  return { offset: at, message: 'this stands behind the end of a value', hint: QUOTES }
}

const ESCAPE = /\\./

/** The diagnosis of an error, by the code that the YAML parser gives it. A code without a diagnosis gets the parser's own message. */
const DIAGNOSES: Partial<Record<YAMLError['code'], (complaint: Complaint) => Diagnosis | undefined>> = {
  BLOCK_AS_IMPLICIT_KEY: (complaint) =>
    tooDeep(complaint) ?? colonInText(complaint) ?? noKey(complaint) ?? wrongColumn(complaint),
  MULTILINE_IMPLICIT_KEY: (complaint) => tooDeep(complaint) ?? noKey(complaint) ?? missingCommaInBrackets(complaint),
  MISSING_CHAR: (complaint) => (/quote/.test(complaint.error.message) ? unclosedQuote(complaint) : missingChar(complaint)),
  BAD_INDENT: (complaint) => (complaint.error.message.startsWith('Flow') ? unclosedBracket(complaint) : wrongColumn(complaint)),
  BLOCK_IN_FLOW: missingComma,
  TAB_AS_INDENT: ({ at }) => ({ offset: at, message: 'a tab cannot indent', hint: 'indent with spaces' }),
  BAD_SCALAR_START: reservedStart,
  UNEXPECTED_TOKEN: unexpected,
  BAD_DQ_ESCAPE: ({ at, text }) => ({
    offset: at,
    length: 2,
    message: `${ESCAPE.exec(text.slice(at, at + 2))?.[0] ?? 'this'} is no escape of a text in double quotes`,
    hint: 'write \\\\ for a backslash, or use single quotes',
  }),
  TAG_RESOLVE_FAILED: ({ error, at, text }) => ({
    offset: at,
    length: error.pos[1] - error.pos[0],
    ...E_TAG.unsupported(text.slice(at, error.pos[1])),
  }),
  BAD_ALIAS: ({ at }) => ({ offset: at, message: 'this is no alias', hint: 'quote it if a text that begins with * is meant' }),
}

function missingCommaInBrackets(complaint: Complaint): Diagnosis | undefined {
  return openBrackets(complaint.tokens).length > 0 || /[{[]/.test(complaint.line.text) ? missingComma(complaint) : undefined
}

function missingChar(complaint: Complaint): Diagnosis | undefined {
  if (/- indicator/.test(complaint.error.message)) {
    const { line, above } = complaint
    if (above && isEntry(above) && isKey(line))
      return atLine(
        line,
        'this key belongs to no entry of the list',
        `start it in column ${keyColumn(above)} to belong to the entry above`,
      )
  }
  return noKey(complaint) ?? wrongColumn(complaint)
}

/** Returns the parser's own message with a small first letter, for errors without a diagnosis. */
const worded = (message: string) => message.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase()).replace(/[.]$/, '')

function problemOf(error: YAMLError, text: string, tokens: readonly CST.Token[]): SourceProblem {
  const raw = Math.min(error.pos[0], text.length)
  const found = lineAt(text, raw)
  // An error at the beginning of a line concerns its first letter.
  const at = raw === found.start ? firstLetter(found) : raw
  const complaint: Complaint = {
    error,
    text,
    tokens,
    at,
    line: found,
    below: neighbour(text, found, 1),
    above: neighbour(text, found, -1),
  }
  const diagnosis = DIAGNOSES[error.code]?.(complaint) ?? { offset: at, message: worded(error.message), hint: QUOTES }
  const { code = E_SYNTAX.code, offset, length = 1, message, hint } = diagnosis
  const reference = /[{[].*\$\{/.test(found.text) ? 'inside of { } and [ ] a ${…} needs quotes around it' : undefined
  return {
    code,
    message,
    span: { start: offset, end: offset + Math.max(1, length) },
    hint: reference ?? hint ?? QUOTES,
  }
}

/**
 * Turns the first 20 errors of the YAML parser into problems, at most one per line. Errors after the first unexpected token are left out, because
 * they only follow from it.
 */
export function syntaxProblems(errors: readonly YAMLError[], text: string, tokens: readonly CST.Token[]): SourceProblem[] {
  const lost = errors.findIndex(({ code }) => code === 'UNEXPECTED_TOKEN')
  const seen = new Set<number>()
  const problems: SourceProblem[] = []
  for (const error of errors.slice(0, lost === -1 ? undefined : lost + 1).slice(0, MAX_PROBLEMS)) {
    const problem = problemOf(error, text, tokens)
    const line = lineAt(text, problem.span.start).start
    if (!seen.has(line)) problems.push(problem)
    seen.add(line)
  }
  return problems
}

/** The largest number of syntax problems that are reported. */
const MAX_PROBLEMS = 20
