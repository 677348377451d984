/** Plain data becomes the text of a scenario file: YAML with comments, or JSON. */
import { Document, isMap, isPair, isScalar, isSeq, type Node, type Pair, visit } from 'yaml'
import type { Data } from './template.ts'

export type FileFormat = 'yaml' | 'json'

interface Comments {
  /** The file goes into a folder, where editors look for `burn.schema.json` beside it. */
  readonly inFolder?: boolean
  /** Lines above everything. */
  readonly head?: readonly string[]
  /** Text above keys of the top level. */
  readonly keys?: Readonly<Record<string, string>>
}

/** Longest collection that is written on one line. */
const ONE_LINE = 96
/** Lists whose items stand on lines of their own. */
const LISTS = new Set(['steps', 'then', 'else', 'load', 'thresholds', 'flows', 'setup', 'teardown'])
/** Maps that are easier to read key by key. */
const TALL = new Set(['message', 'request', 'delay', 'loop', 'steps', 'if', 'preset', 'url'])

/** The file that editors check a scenario against, where it lies beside the scenario: `burn schema` prints it. */
export const SCHEMA_FILE = 'burn.schema.json'
const SCHEMA_LINE = `yaml-language-server: $schema=${SCHEMA_FILE}`

/** The text of a file, ended by a line break. JSON has no comments. */
export function scenarioText(scenario: Data, format: FileFormat, comments: Comments = {}): string {
  if (format === 'json') return `${escaped(JSON.stringify(scenario, null, 2))}\n`
  const document = new Document(scenario, { aliasDuplicateObjects: false })
  visit(document, {
    Collection(key, node, path) {
      if (path.length > 1 && fitsOneLine(key, node, path)) node.flow = true
    },
    Scalar(_key, node) {
      if (typeof node.value === 'string' && /^\s|[ \t]\n|\s$/.test(node.value)) node.type = 'QUOTE_DOUBLE'
    },
  })
  const head = [...(comments.inFolder ? [SCHEMA_LINE] : []), ...(comments.head ?? [])]
  if (head.length > 0) document.commentBefore = commentText(head.join('\n'))
  if (isMap(document.contents)) for (const pair of document.contents.items) decorate(pair, comments.keys ?? {})
  return escaped(document.toString({ lineWidth: 0, flowCollectionPadding: true }))
}

const CONTROL = /[\u007f-\u0084\u0086-\u009f\ufffe\uffff]/g

/** Control characters that both writers leave as they are, in double quotes: no scenario may hold them. */
function escaped(text: string): string {
  return text.replace(CONTROL, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function fitsOneLine(key: unknown, node: Node, path: readonly unknown[]): boolean {
  if (isSeq(node) && LISTS.has(parentKey(path))) return false
  if (isMap(node) && key !== 'loop' && node.items.some((pair) => isScalar(pair.key) && TALL.has(String(pair.key.value))))
    return false
  const json = JSON.stringify(node.toJSON())
  return json.length <= ONE_LINE && !json.includes('\\n')
}

/** The key under which a value stands. */
function parentKey(path: readonly unknown[]): string {
  const parent = path.at(-1)
  return isPair(parent) && isScalar(parent.key) ? String(parent.key.value) : ''
}

/** An empty line before each key that is more than a word, and its comment. */
function decorate(pair: Pair, comments: Readonly<Record<string, string>>): void {
  if (!isScalar(pair.key)) return
  const comment = comments[String(pair.key.value)]
  pair.key.spaceBefore = comment !== undefined || (!isScalar(pair.value) && !isFlow(pair.value))
  if (comment !== undefined) pair.key.commentBefore = commentText(comment)
}

function isFlow(value: unknown): boolean {
  return (isMap(value) || isSeq(value)) && value.flow === true
}

function commentText(text: string): string {
  return text
    .replace(/[\u0000-\u0009\u000b-\u001f]/g, ' ')
    .replace(CONTROL, ' ')
    .split('\n')
    .map((line) => (line === '' ? '' : ` ${line}`))
    .join('\n')
}
