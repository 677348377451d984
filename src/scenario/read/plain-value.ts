/** A tree to plain data: null-prototype objects, so that no key of a file can reach a prototype. */

import { E_DEPTH } from '../problems/syntax/E_DEPTH.ts'
import { E_TOO_BIG } from '../problems/syntax/E_TOO_BIG.ts'
import { MAX_DEPTH, MAX_VALUES } from './limits.ts'
import type { Wording } from './source/finding.ts'
import type { Path, SourceNode } from './source/source.ts'

/** The place of a text that came from `${env.NAME}` and may have to become a number or a boolean. */
export interface Reference {
  readonly path: Path
  readonly kind: 'whole' | 'unknown'
}

/** Data, or the bound that its aliases break. */
type PlainResult =
  | { readonly value: unknown; readonly references: readonly Reference[] }
  | { readonly broken: Wording & { readonly path: Path } }

class Broken extends Error {
  readonly wording: Wording
  readonly path: Path
  constructor(wording: Wording, path: Path) {
    super(wording.message)
    this.wording = wording
    this.path = path
  }
}

/** Copies nodes to data, keeping count: an alias makes its values anew each time. */
class Copier {
  readonly references: Reference[] = []
  private left = MAX_VALUES

  copy(node: SourceNode, path: (string | number)[]): unknown {
    this.left -= 1
    if (this.left < 0) throw new Broken(E_TOO_BIG.values(MAX_VALUES), [...path])
    if (node.kind === 'scalar') {
      if (node.reference) this.references.push({ path: [...path], kind: node.reference })
      return node.value
    }
    if (path.length >= MAX_DEPTH) throw new Broken(E_DEPTH.deeper(MAX_DEPTH), [...path])
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
    return { broken: { ...error.wording, path: error.path } }
  }
}
