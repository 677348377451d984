import { Document, isMap, isPair, isScalar, isSeq, type Node, type Pair, visit } from 'yaml'
import type { Data } from './template.ts'

/** The format in which a scenario file is written. */
export type FileFormat = 'yaml' | 'json'

interface Comments {
  /** True to begin the file with the comment by which editors find `burn.schema.json` in the same folder. */
  readonly inFolder?: boolean
  /** Comment lines at the top of the file. */
  readonly head?: readonly string[]
  /** Comments above top-level keys, by key. */
  readonly keys?: Readonly<Record<string, string>>
}

/** Longest map or list that is written on one line, in characters. */
const ONE_LINE = 96
/** Keys of lists whose items are written on lines of their own. */
const LISTS = new Set(['steps', 'then', 'else', 'load', 'thresholds', 'flows', 'setup', 'teardown'])
/** Keys at which a map is written with one key per line: a map that contains one of them. */
const TALL = new Set(['message', 'request', 'delay', 'loop', 'steps', 'if', 'preset', 'url'])

/** The name of the file with the JSON Schema of scenarios, which editors look for in a scenario's folder; `burn schema` prints its text. */
export const SCHEMA_FILE = 'burn.schema.json'
const SCHEMA_LINE = `yaml-language-server: $schema=${SCHEMA_FILE}`

/**
 * Returns the text of a scenario file in YAML or JSON, with a line break at the end. `comments` are the comments for the file; JSON has none, so they
 * are left out there.
 */
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

/** Returns a text with control characters escaped. The YAML and JSON writers leave these as they are, but scenarios must not contain them. */
function escaped(text: string): string {
  return text.replace(CONTROL, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function fitsOneLine(key: unknown, node: Node, path: readonly unknown[]): boolean {
  if (isSeq(node) && LISTS.has(parentKey(path))) return false
  // A `delay` with a probability is no step.
  if (
    isMap(node) &&
    key !== 'loop' &&
    !node.has('probability') &&
    node.items.some((pair) => isScalar(pair.key) && TALL.has(String(pair.key.value)))
  )
    return false
  const json = JSON.stringify(node.toJSON())
  return json.length <= ONE_LINE && !json.includes('\\n')
}

/** Returns the key of the map entry whose value is the node at this path; '' for none. */
function parentKey(path: readonly unknown[]): string {
  const parent = path.at(-1)
  return isPair(parent) && isScalar(parent.key) ? String(parent.key.value) : ''
}

/** Puts an empty line before a top-level key with a longer value, and its comment above it. */
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
