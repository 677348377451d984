/** A tree to plain data: null-prototype objects, so that no key of a file can reach a prototype. */

import { MAX_DEPTH, MAX_VALUES } from './limits.ts'
import type { Code } from './source/codes.ts'
import type { Path, SourceNode } from './source/source.ts'

/** The place of a text that came from `${env.NAME}` and may have to become a number or a boolean. */
export interface Reference {
  readonly path: Path
  readonly kind: 'whole' | 'unknown'
}

/** Data, or the bound that its aliases break. */
type PlainResult =
  | { readonly value: unknown; readonly references: readonly Reference[] }
  | { readonly broken: { code: Code; message: string; path: Path } }

class Broken extends Error {
  readonly code: Code
  readonly path: Path
  constructor(code: Code, message: string, path: Path) {
    super(message)
    this.code = code
    this.path = path
  }
}

/** Copies nodes to data, keeping count: an alias makes its values anew each time. */
class Copier {
  readonly references: Reference[] = []
  private left = MAX_VALUES

  copy(node: SourceNode, path: (string | number)[]): unknown {
    this.left -= 1
    if (this.left < 0)
      throw new Broken('E_TOO_BIG', `more than ${MAX_VALUES} values, those that aliases repeat counted again`, [...path])
    if (node.kind === 'scalar') {
      if (node.reference) this.references.push({ path: [...path], kind: node.reference })
      return node.value
    }
    if (path.length >= MAX_DEPTH) throw new Broken('E_DEPTH', `nested deeper than ${MAX_DEPTH} levels`, [...path])
    return node.kind === 'list' ? node.items.map((item, index) => this.step(item, path, index)) : this.map(node, path)
  }

  private map(node: Extract<SourceNode, { kind: 'map' }>, path: (string | number)[]): Record<string, unknown> {
    const copy: Record<string, unknown> = Object.create(null)
    for (const [key, entry] of node.entries) copy[key] = this.step(entry.node, path, key)
    return copy
  }

  private step(node: SourceNode, path: (string | number)[], key: string | number): unknown {
    path.push(key)
    const value = this.copy(node, path)
    path.pop()
    return value
  }
}

/** Returns the data of a parsed file as plain objects, lists and scalars, or the limit on aliases that the file exceeds. */
export function plainValue(root: SourceNode): PlainResult {
  const copier = new Copier()
  try {
    return { value: copier.copy(root, []), references: copier.references }
  } catch (error) {
    if (!(error instanceof Broken)) throw error
    return { broken: { code: error.code, message: error.message, path: error.path } }
  }
}
