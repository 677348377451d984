import Handlebars from 'handlebars'
import { TemplateError, type TemplatePlace } from './error.ts'

/** Longest template, in UTF-8 bytes. */
const MAX_TEMPLATE_BYTES = 64 * 1024
/** Deepest nesting of blocks, and of brackets. */
const MAX_TEMPLATE_DEPTH = 20
/** The largest number of `{{else if …}}` in one template, because each nests in the one before. */
const MAX_ELSE_IFS = 100

type Node = hbs.AST.Node

/**
 * Parses a Handlebars template to its syntax tree; no code is generated.
 * @throws TemplateError with the place of a syntax error, or of syntax that burn does not support
 */
export function parseTemplate(source: string): hbs.AST.Program {
  checkLimits(source)
  const { text, restore } = guardBraces(source)
  try {
    const program = Handlebars.parse(text)
    if (text !== source) restoreTexts(program, restore)
    return program
  } catch (error) {
    throw syntaxError(text, error as ParserError)
  }
}

/** Restores the hidden braces in the texts of a program and of its blocks. */
function restoreTexts(program: hbs.AST.Program | undefined, restore: (text: string) => string): void {
  for (const statement of program?.body ?? []) {
    if (statement.type === 'ContentStatement') {
      const content = statement as hbs.AST.ContentStatement
      content.value = restore(content.value)
    } else if (statement.type === 'BlockStatement') {
      const block = statement as hbs.AST.BlockStatement
      restoreTexts(block.program, restore)
      restoreTexts(block.inverse, restore)
    }
  }
}

/** Returns the line and column of a node in its template. */
export function placeOf(node: Node): TemplatePlace {
  return { line: node.loc.start.line, column: node.loc.start.column + 1 }
}

// Depth is checked before parsing: 20,000 nested blocks keep the parser busy for minutes and then overflow its stack.
const TOKEN = /(\{\{\{\{)|\{\{~?\s*(#|\^(?=\s*[^\s}~])|\/|else\s+(?=[^\s}~]))?|\}\}|[()]/g

interface Depth {
  blocks: number
  elseIfs: number
  /** Number of open brackets in the current `{{ }}`; undefined outside of one, where brackets are plain text. */
  brackets: number | undefined
}

function checkLimits(source: string): void {
  if (Buffer.byteLength(source) > MAX_TEMPLATE_BYTES)
    throw new TemplateError(`the template is larger than ${MAX_TEMPLATE_BYTES} bytes`)
  const depth: Depth = { blocks: 0, elseIfs: 0, brackets: undefined }
  for (const token of source.matchAll(TOKEN)) {
    const problem = token[1] ? 'raw blocks {{{{ }}}} are not supported' : count(token[0], token[2], depth)
    if (problem) throw new TemplateError(problem, placeAt(source, token.index))
  }
}

function count(token: string, kind: string | undefined, depth: Depth): string | undefined {
  if (token === '}}') depth.brackets = undefined
  else if (token.startsWith('{{')) countTag(kind, depth)
  else if (depth.brackets !== undefined) depth.brackets += token === '(' ? 1 : -1
  if (depth.blocks > MAX_TEMPLATE_DEPTH) return `blocks nest more than ${MAX_TEMPLATE_DEPTH} deep`
  if ((depth.brackets ?? 0) > MAX_TEMPLATE_DEPTH) return `brackets nest more than ${MAX_TEMPLATE_DEPTH} deep`
  return depth.elseIfs > MAX_ELSE_IFS ? `there are more than ${MAX_ELSE_IFS} "else if"` : undefined
}

function countTag(kind: string | undefined, depth: Depth): void {
  depth.brackets = 0
  if (kind === '#' || kind === '^') depth.blocks += 1
  else if (kind === '/') depth.blocks -= 1
  else if (kind !== undefined) depth.elseIfs += 1
}

function placeAt(source: string, index: number): TemplatePlace {
  const before = source.slice(0, index).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

type ParserError = Error & { lineNumber?: number; column?: number }

/**
 * Converts an error of the parser to plain words. Its message has lines: "Parse error on line 3:", an extract, dashes up to the fault, what was
 * expected.
 */
function syntaxError(source: string, error: ParserError): TemplateError {
  const [first = '', extract = '', dashes = '', ...rest] = error.message.split('\n')
  const line = Number(/^Parse error on line (\d+)/.exec(first)?.[1])
  if (Number.isNaN(line)) {
    const place = { line: error.lineNumber ?? 1, column: (error.column ?? 0) + 1 }
    return new TemplateError(error.message.replace(/ - \d+:\d+$/, ''), place, { cause: error })
  }
  const found = /got '(\w+)'/.exec(rest.join(' '))?.[1] ?? ''
  const message = found === 'EOF' ? 'the template ends inside of a block' : `unexpected ${TOKEN_NAMES[found] ?? 'text'}`
  return new TemplateError(message, placeOfError(source, line, extract, dashes.indexOf('^')), { cause: error })
}

/** Finds the place of a syntax error by searching for the parser's extract, which has up to 20 characters before it and no line ends. */
function placeOfError(source: string, line: number, extract: string, caret: number): TemplatePlace {
  const before = extract.slice(0, caret).replace(/^\.\.\./, '')
  const after = extract.slice(caret).replace(/\.\.\.$/, '')
  const lines = source.split('\n')
  const lineStart = lines.slice(0, line - 1).join('').length
  const found = lines.join('').indexOf(before + after, Math.max(0, lineStart - before.length))
  const column = found + before.length - lineStart + 1
  return { line, column: found < 0 || column > (lines[line - 1]?.length ?? 0) + 1 ? 1 : column }
}

const TOKEN_NAMES: Readonly<Record<string, string>> = {
  INVALID: 'character: is a {{ not closed?',
  EOF: 'end',
  CLOSE: '}}',
  OPEN: '{{',
  OPEN_ENDBLOCK: '{{/',
  OPEN_BLOCK: '{{#',
  INVERSE: '{{else}}',
  CLOSE_SEXPR: ')',
  SEP: '. or /',
  EQUALS: '=',
  ID: 'name',
  NUMBER: 'number: an item of a list is written list.[0]',
}

/** Characters that replace a brace: Unicode noncharacters, which texts do not contain, each one UTF-16 unit long. */
const STAND_INS = ['\uffff', '\ufffe', '\ufdd0', '\ufdd1']

/** Matches an escaped `{{`, a comment, `{{{ … }}}`, or `{{ … }}` with the quoted texts in it. */
const TAG =
  /\\+\{\{|\{\{~?!--[\s\S]*?--~?\}\}|\{\{~?![\s\S]*?\}\}|\{\{~?\{(?:"[^"]*"|'[^']*'|[^"'}])*\}~?\}\}|\{\{(?:"[^"]*"|'[^']*'|[^"'}])*\}\}/g

/** A template whose braces are hidden, and how to restore them. */
interface GuardedTemplate {
  /** The template with some braces replaced by other characters; every character keeps its offset. */
  readonly text: string
  /** Puts the braces back into a part of the template's text. */
  restore(text: string): string
}

/**
 * Replaces each `}` right after a `}}`, as in `{"a":{"n":{{n}}}}`, by another character while the template is parsed, because
 * Handlebars would read three braces as one token and fail. Takes linear time.
 */
function guardBraces(source: string): GuardedTemplate {
  const standIn = STAND_INS.find((character) => !source.includes(character))
  const hidden = standIn === undefined ? [] : bracesBehindTags(source)
  if (standIn === undefined || hidden.length === 0) return { text: source, restore: (text) => text }
  let text = ''
  let done = 0
  for (const at of hidden) {
    text += source.slice(done, at) + standIn
    done = at + 1
  }
  return { text: text + source.slice(done), restore: (part) => part.replaceAll(standIn, '}') }
}

function bracesBehindTags(source: string): number[] {
  if (!source.includes('}}}')) return []
  const found: number[] = []
  for (const { 0: tag, index } of source.matchAll(TAG)) {
    const end = index + tag.length
    if (tag.endsWith('}}') && source[end] === '}') found.push(end)
  }
  return found
}
