/** A scenario file as a tree whose every node knows its place in the text. */
import type { Code } from './codes.ts'

/** Keys and indexes from the top of the file to a value. */
export type Path = readonly (string | number)[]

/** A stretch of the text: offsets in UTF-16 units, the end excluded. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A fault of the file itself, before anybody asks what its values mean. */
export interface SourceFault {
  readonly code: Code
  readonly message: string
  readonly hint?: string
  readonly span: Span
}

/** How a text was written; it decides where its n-th character stands in the file. */
export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded'

type Scalar = string | number | boolean | null

/** One `${env.NAME}` that was replaced: where its text stands now, and where the reference stood in the text as written. */
export interface Replacement {
  readonly at: number
  readonly length: number
  readonly sourceAt: number
  readonly sourceLength: number
}

export interface ScalarNode extends Span {
  readonly kind: 'scalar'
  readonly style: ScalarStyle
  /** As written; environment references in it are not resolved. */
  readonly written: Scalar
  /** With environment references resolved. */
  value: Scalar
  /** What became of the environment references and escapes in it, from left to right. */
  replacements: readonly Replacement[]
  /** `whole`: it is one reference and nothing else, so it may become a number. `unknown`: nothing was looked up, so any value will do. */
  reference?: 'whole' | 'unknown'
}

export interface MapEntry {
  readonly key: Span
  readonly node: SourceNode
}

interface MapNode extends Span {
  readonly kind: 'map'
  readonly entries: ReadonlyMap<string, MapEntry>
}

interface ListNode extends Span {
  readonly kind: 'list'
  readonly items: readonly SourceNode[]
}

export type SourceNode = ScalarNode | MapNode | ListNode

/** The node below `node` at `step`; undefined when there is none. */
export function childOf(node: SourceNode | undefined, step: string | number): SourceNode | undefined {
  if (node?.kind === 'map') return node.entries.get(String(step))?.node
  return node?.kind === 'list' && typeof step === 'number' ? node.items[step] : undefined
}

/** The node at `path`; undefined when there is none. */
export function nodeAt(root: SourceNode | undefined, path: Path): SourceNode | undefined {
  let node = root
  for (const step of path) node = childOf(node, step)
  return node
}

/** A path as people write it: `steps.0.message`. */
export function pathText(path: Path): string {
  return path.join('.')
}
