/** Parses a YAML or JSON text to a tree whose nodes know their places in the text, and finds all syntax errors. */
import { Composer, type CST, type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml'
import { E_ALIAS } from '../problems/syntax/E_ALIAS.ts'
import { E_DOCUMENTS } from '../problems/syntax/E_DOCUMENTS.ts'
import { E_DUPLICATE_KEY } from '../problems/syntax/E_DUPLICATE_KEY.ts'
import { E_EMPTY } from '../problems/syntax/E_EMPTY.ts'
import { E_KEY } from '../problems/syntax/E_KEY.ts'
import { E_MERGE_KEY } from '../problems/syntax/E_MERGE_KEY.ts'
import { E_NUMBER } from '../problems/syntax/E_NUMBER.ts'
import { E_SYNTAX } from '../problems/syntax/E_SYNTAX.ts'
import { jsonError } from './json-syntax.ts'
import { MAX_ALIASES, scanTokens } from './limits.ts'
import type { SourceProblem, Wording } from './source/finding.ts'
import type { MapEntry, ScalarNode, ScalarStyle, SourceNode, Span } from './source/source.ts'
import { syntaxProblems } from './yaml/problems.ts'

interface SourceTree {
  /** The tree of the file; undefined when its text could not be parsed. */
  readonly root: SourceNode | undefined
  readonly problems: readonly SourceProblem[]
}

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype'])
const STYLES: Record<string, ScalarStyle> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'folded',
}

/** The state of building the tree of one document, from its first node to its last. */
interface Walk {
  readonly text: string
  readonly problems: SourceProblem[]
  /** The finished nodes that have an anchor (`&name`), by the name of the anchor. */
  readonly anchors: Map<string, SourceNode>
  /** The anchors of the nodes that contain the current node, and so are not finished. */
  readonly open: Set<string>
  aliases: number
}

const spanOf = (node: Node): Span => ({ start: node.range?.[0] ?? 0, end: node.range?.[1] ?? 1 })
const nothingAt = (at: number): ScalarNode => ({
  kind: 'scalar',
  style: 'plain',
  start: at,
  end: at,
  written: null,
  value: null,
  replacements: [],
})

function complain(walk: Walk, span: Span, wording: Wording): void {
  walk.problems.push({ ...wording, span })
}

function checkNumber(walk: Walk, value: number, span: Span): void {
  const written = walk.text.slice(span.start, span.end)
  if (!Number.isFinite(value)) complain(walk, span, E_NUMBER.notFinite(written))
  else if (/^[-+]?\d+$/.test(written) && !Number.isSafeInteger(value)) complain(walk, span, E_NUMBER.tooLong(written))
}

function buildScalar(node: Node, walk: Walk): ScalarNode {
  const value: unknown = isScalar(node) ? node.value : null
  const span = spanOf(node)
  const style = STYLES[(isScalar(node) && node.type) || 'PLAIN'] ?? 'plain'
  if (typeof value === 'number') checkNumber(walk, value, span)
  const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
  // -0 is replaced by 0, because it prints and compares as 0.
  const written = plain === 0 ? 0 : plain
  return { kind: 'scalar', style, ...span, written, value: written, replacements: [] }
}

function buildAlias(name: string, span: Span, walk: Walk): SourceNode {
  walk.aliases += 1
  if (walk.aliases === MAX_ALIASES + 1) complain(walk, span, E_ALIAS.tooMany(MAX_ALIASES))
  const target = walk.anchors.get(name)
  if (walk.open.has(name)) complain(walk, span, E_ALIAS.holdsItself(name))
  else if (target === undefined) complain(walk, span, E_ALIAS.unknown(name))
  return target && !walk.open.has(name) ? { ...target, start: span.start, end: span.end } : nothingAt(span.start)
}

/** Returns a key as text with its place; undefined for a key that is no text, which is reported. */
function keyText(pair: Pair, owner: Span, walk: Walk): { text: string; span: Span } | undefined {
  const key = pair.key as Node | null
  const span = key ? spanOf(key) : owner
  if (isScalar(key) && key.value !== null) {
    const text = typeof key.value === 'string' ? key.value : (key.source ?? String(key.value))
    return { text, span: { start: span.start, end: Math.max(span.end, span.start + 1) } }
  }
  const template = walk.text.startsWith('{{', owner.start) || walk.text.startsWith('{{', span.start - 1)
  complain(walk, span, E_KEY.notText(template))
  return undefined
}

function checkKey(key: { text: string; span: Span }, entries: ReadonlyMap<string, MapEntry>, walk: Walk): boolean {
  if (FORBIDDEN_KEYS.has(key.text)) complain(walk, key.span, E_KEY.forbidden(key.text))
  else if (key.text === '<<') complain(walk, key.span, E_MERGE_KEY.found())
  else if (entries.has(key.text)) {
    const first = entries.get(key.text)?.key.start ?? 0
    const line = walk.text.slice(0, first).split('\n').length
    complain(walk, key.span, E_DUPLICATE_KEY.twice(key.text, line))
  } else return true
  return false
}

function buildMap(map: YAMLMap, walk: Walk): SourceNode {
  const entries = new Map<string, MapEntry>()
  const span = spanOf(map)
  for (const pair of map.items) {
    const key = keyText(pair, span, walk)
    const node = build(pair.value as Node | null, key?.span.end ?? span.start, walk)
    if (key && checkKey(key, entries, walk)) entries.set(key.text, { key: key.span, node })
  }
  return { kind: 'map', ...span, entries }
}

function buildNode(node: Node, walk: Walk): SourceNode {
  if (isAlias(node)) return buildAlias(node.source, spanOf(node), walk)
  if (isMap(node)) return buildMap(node, walk)
  if (!isSeq(node)) return buildScalar(node, walk)
  const span = spanOf(node)
  return { kind: 'list', ...span, items: node.items.map((item) => build(item as Node | null, span.start, walk)) }
}

function build(node: Node | null, at: number, walk: Walk): SourceNode {
  if (!node) return nothingAt(at)
  const anchor = 'anchor' in node && typeof node.anchor === 'string' ? node.anchor : undefined
  if (anchor === undefined || isAlias(node)) return buildNode(node, walk)
  walk.open.add(anchor)
  const built = buildNode(node, walk)
  walk.open.delete(anchor)
  walk.anchors.set(anchor, built)
  return built
}

function treeOf(document: Document.Parsed, text: string, tokens: readonly CST.Token[]): SourceTree {
  const broken = syntaxProblems([...document.errors, ...document.warnings], text, tokens)
  if (broken.length > 0) return { root: undefined, problems: broken }
  const walk: Walk = { text, problems: [], anchors: new Map(), open: new Set(), aliases: 0 }
  const root = build(document.contents, 0, walk)
  return { root, problems: walk.problems }
}

const failed = (problem: SourceProblem): SourceTree => ({ root: undefined, problems: [problem] })
const emptyFile: SourceProblem = { ...E_EMPTY.nothing(), span: { start: 0, end: 1 } }

function composed(text: string): SourceTree {
  const scan = scanTokens(text)
  if ('broken' in scan) return failed({ ...scan.broken, span: { start: scan.broken.offset, end: scan.broken.offset + 1 } })
  // The uniqueness check of the library is quadratic; buildMap has its own.
  const options = { uniqueKeys: false, merge: false, schema: 'core', strict: true } as const
  const [document, second] = new Composer(options).compose(scan.tokens, true, text.length)
  if (document === undefined || (document.contents === null && document.errors.length === 0)) return failed(emptyFile)
  const tree = treeOf(document as Document.Parsed, text, scan.tokens)
  if (second === undefined) return tree
  const start = text.indexOf('---', document.range[1])
  const span = { start: start < 0 ? second.range[0] : start, end: start < 0 ? second.range[0] + 1 : start + 3 }
  return {
    root: undefined,
    problems: [...tree.problems, { ...E_DOCUMENTS.second(), span }],
  }
}

/**
 * Parses YAML (strict JSON if `json` is set) to a tree whose nodes know their places in the text. Returns the tree and the syntax errors; the tree is
 * undefined when the text is empty, cannot be parsed, exceeds a limit or has a second document. Takes linear time in a text without errors.
 */
export function parseTree(text: string, json: boolean): SourceTree {
  if (text.trim() === '') return failed(emptyFile)
  if (!json) return composed(text)
  const error = jsonError(text)
  if (error === undefined) return composed(text.replaceAll('\t', ' '))
  const { offset, length, message, hint } = error
  return failed({ ...E_SYNTAX.unreadable(message, hint), span: { start: offset, end: offset + length } })
}
