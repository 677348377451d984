/** Types for a scenario file as a tree in which every node has its place in the text. */
/** The path of a value in a scenario: the keys and list indexes that lead to it from the top. */
export type Path = readonly (string | number)[]

/** A range of characters in a text, as offsets in UTF-16 units; the end is not part of it. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** The notation of a scalar in YAML: unquoted, in one of two kinds of quotes, or as one of two kinds of block. */
export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded'

type Scalar = string | number | boolean | null

/**
 * A piece of a text in a scenario that was replaced, such as `${env.NAME}` by its value. It serves to find positions in the file: `sourceAt` and
 * `sourceLength` are offset and length of the piece as written, `at` and `length` those of its replacement in the text.
 */
export interface Replacement {
  readonly at: number
  readonly length: number
  readonly sourceAt: number
  readonly sourceLength: number
}

/** A text, number, boolean or null in a scenario file, with its position in the file. */
export interface ScalarNode extends Span {
  readonly kind: 'scalar'
  readonly style: ScalarStyle
  /** The value as written in the file, before references such as `${env.NAME}` are replaced. */
  readonly written: Scalar
  /** The value with its environment references resolved. */
  value: Scalar
  /** What each environment reference and escape in the value was replaced by, from left to right. */
  replacements: readonly Replacement[]
  /**
   * `whole`: the text is one environment reference and nothing else, so it may become a number. `unknown`: the reference was not looked up,
   * so any value is accepted.
   */
  reference?: 'whole' | 'unknown'
}

/** A key with its value in a map of a scenario file: the position of the key, and the node of the value. */
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

/** A node in the tree of a scenario file: a scalar, a map or a list. */
export type SourceNode = ScalarNode | MapNode | ListNode

/** Returns the value, in the tree of a parsed file, that a map has at the key `step` or a list at the index `step`; undefined when there is none. */
export function childOf(node: SourceNode | undefined, step: string | number): SourceNode | undefined {
  if (node?.kind === 'map') return node.entries.get(String(step))?.node
  return node?.kind === 'list' && typeof step === 'number' ? node.items[step] : undefined
}

/** Returns the node of a parsed file at `path` below `root`; undefined when there is none. */
export function nodeAt(root: SourceNode | undefined, path: Path): SourceNode | undefined {
  let node = root
  for (const step of path) node = childOf(node, step)
  return node
}

/** Returns a path as text, with dots, such as `steps.0.message`. */
export function pathText(path: Path): string {
  return path.join('.')
}
