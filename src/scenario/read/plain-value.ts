/** Converts the tree of a file to plain data. Objects have no prototype, so that no key of a file can reach one. */

import { newMap } from '../../text/json.ts'
import { isSecretVariable } from '../../text/secrets.ts'
import { secretsInText, writtenSecrets } from '../../text/written-secrets.ts'
import { E_DEPTH } from '../problems/syntax/E_DEPTH.ts'
import { E_TOO_BIG } from '../problems/syntax/E_TOO_BIG.ts'
import { MAX_DEPTH, MAX_VALUES } from './limits.ts'
import type { Wording } from './source/finding.ts'
import type { Path, SourceNode } from './source/source.ts'

/**
 * The place (`path`) of a text in a scenario that came from a reference such as `${env.NAME}`. If the text is one reference and nothing else
 * (`whole`), it is converted later where the schema needs a number or boolean: `'8'` becomes 8. If a reference has no value (`unknown`), any value is
 * accepted.
 */
export interface Reference {
  readonly path: Path
  readonly kind: 'whole' | 'unknown'
}

/** The first limit that a file exceeds when its aliases are expanded, with the path of the alias. */
interface BrokenBound extends Wording {
  readonly path: Path
}

/** The plain data of a file, or the limit that it exceeds. */
type PlainResult = { readonly value: unknown; readonly references: readonly Reference[] } | { readonly broken: BrokenBound }

/** Copies nodes to plain data and counts the values, because each alias copies its values again. It stops at the first limit exceeded. */
class Copier {
  readonly references: Reference[] = []
  broken: BrokenBound | undefined
  private left = MAX_VALUES

  copy(node: SourceNode, path: Path): unknown {
    this.left -= 1
    if (this.left < 0) this.broken ??= { ...E_TOO_BIG.values(MAX_VALUES), path }
    else if (node.kind !== 'scalar' && path.length >= MAX_DEPTH) this.broken ??= { ...E_DEPTH.deeper(MAX_DEPTH), path }
    if (this.broken) return undefined
    if (node.kind === 'list') return node.items.map((item, index) => this.copy(item, [...path, index]))
    if (node.kind === 'map') return this.map(node, path)
    if (node.reference) this.references.push({ path, kind: node.reference })
    return node.value
  }

  private map(node: Extract<SourceNode, { kind: 'map' }>, path: Path): Record<string, unknown> {
    const copy = newMap()
    for (const [key, entry] of node.entries) copy[key] = this.copy(entry.node, [...path, key])
    return copy
  }
}

/**
 * Converts the tree of a parsed file to plain objects, arrays and scalars. If the data is nested too deeply or has too many values, returns the
 * limit that it exceeds instead; a value that an alias repeats counts each time.
 */
export function plainValue(root: SourceNode): PlainResult {
  const copier = new Copier()
  const value = copier.copy(root, [])
  return copier.broken ? { broken: copier.broken } : { value, references: copier.references }
}

/**
 * Returns the secrets written in a scenario file, so that messages can mask them. `root` is the parsed tree of the file, or undefined when parsing
 * failed. `broken` is the text of a file with syntax errors, or empty; it is searched for names such as `password` followed by a value.
 */
export function secretsOfFile(broken: string, root: SourceNode | undefined): string[] {
  const plain = root && plainValue(root)
  const found = plain && 'value' in plain ? writtenSecrets(plain.value) : []
  return [...found, ...secretsInText(broken, isSecretVariable)].map(({ secret }) => secret)
}
