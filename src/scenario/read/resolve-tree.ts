/** Resolves the references to variables and secret files in all values of a tree, once per value however often aliases repeat it. */
import type { Problem } from '../../errors.ts'
import { isSecretName } from '../../text/secrets.ts'
import { E_ENCRYPTED } from '../problems/environment/E_ENCRYPTED.ts'
import { E_ENV_SYNTAX } from '../problems/environment/E_ENV_SYNTAX.ts'
import { type EnvironmentUse, type ReferenceSources, resolveReferences } from './environment.ts'
import type { Locator } from './source/locate.ts'
import type { Path, ScalarNode, SourceNode } from './source/source.ts'

interface ResolvedTree {
  readonly problems: readonly Problem[]
  readonly uses: readonly EnvironmentUse[]
}

class TreeResolver {
  readonly problems: Problem[] = []
  readonly uses = new Map<string, EnvironmentUse>()
  private readonly seen = new Set<object>()
  private readonly sources: ReferenceSources | undefined
  private readonly locate: Locator

  constructor(sources: ReferenceSources | undefined, locate: Locator) {
    this.sources = sources
    this.locate = locate
  }

  walk(node: SourceNode, path: Path): void {
    if (node.kind === 'scalar') {
      this.scalar(node, path)
      return
    }
    // A part that several aliases share is visited only once, because its values are shared.
    const shared = node.kind === 'map' ? node.entries : node.items
    if (this.seen.has(shared)) return
    this.seen.add(shared)
    if (node.kind === 'list') for (const [index, item] of node.items.entries()) this.walk(item, [...path, index])
    else for (const [key, entry] of node.entries) this.entry(key, entry.node, path)
  }

  private entry(key: string, node: SourceNode, path: Path): void {
    const inner = [...path, key]
    if (key.includes('${'))
      this.problems.push(this.locate.problem({ ...E_ENV_SYNTAX.inKey(), path: inner }, this.locate.key(inner)))
    this.walk(node, inner)
  }

  private scalar(node: ScalarNode, path: Path): void {
    if (typeof node.written !== 'string' || this.seen.has(node)) return
    this.seen.add(node)
    if (node.written.includes('${')) this.references(node, node.written, path)
    else if (node.written.startsWith('encrypted:'))
      this.problems.push(this.locate.problem({ ...E_ENCRYPTED.found(), path }, this.locate.value(path)))
  }

  private references(node: ScalarNode, written: string, path: Path): void {
    const resolved = resolveReferences(written, this.sources)
    for (const { offset, length, ...wording } of resolved.problems) {
      this.problems.push(this.locate.problem({ ...wording, path }, this.locate.inside(path, offset, length)))
    }
    node.value = resolved.text
    node.replacements = resolved.replacements
    const secretPlace = isSecretPlace(path, resolved.whole)
    for (const use of resolved.uses) this.used(use, secretPlace)
    if (resolved.incomplete) node.reference = 'unknown'
    else if (resolved.whole) node.reference = 'whole'
  }

  /**
   * Records that a variable is used. Its value is a secret when it stands in a place for secrets, such as the header `authorization`, even as a part
   * of it.
   */
  private used(use: EnvironmentUse, secretPlace: boolean): void {
    const isSecret = secretPlace || (use.isSecret ?? this.uses.get(use.name)?.isSecret ?? false)
    this.uses.set(use.name, isSecret ? { ...use, isSecret } : use)
  }
}

/**
 * Returns true for a path where secrets stand: under a secret name, in a part of a WebSocket subprotocol (`bearer.TOKEN`), or in the address of a
 * webhook.
 */
function isSecretPlace(path: Path, whole: boolean): boolean {
  const key = String(path.findLast((step) => typeof step === 'string') ?? '')
  return isSecretName(key) || (key === 'subprotocols' && !whole) || (key === 'url' && path[0] === 'webhooks')
}

/**
 * Replaces each `${env.NAME}` and `${file.NAME}` in the texts of a parsed file by its value. It changes the file's tree, `root`, in place. Without
 * `sources`, nothing is looked up, and only the defaults in the references are used.
 */
export function resolveTree(root: SourceNode, sources: ReferenceSources | undefined, locate: Locator): ResolvedTree {
  const resolver = new TreeResolver(sources, locate)
  resolver.walk(root, [])
  return { problems: resolver.problems, uses: [...resolver.uses.values()] }
}
