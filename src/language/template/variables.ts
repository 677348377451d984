/** Variables that are made from other variables: which one comes first. */
import { compileTree, type Tree } from './template.ts'

/** One variable and how to make it; those it reads stand before it in the list. */
export interface Assignment {
  readonly name: string
  readonly value: Tree
}

/** Variables that need each other: none of them can come first. `names` begins and ends with the same one. */
export class VariableCycleError extends Error {
  override name = 'VariableCycleError'
  readonly names: readonly string[]

  constructor(names: readonly string[]) {
    super(`the variables ${names.join(' → ')} need each other`)
    this.names = names
  }
}

/** A variable of one layer and the names that it reads. */
interface Entry {
  readonly name: string
  readonly reads: readonly string[]
  /** The variable of the same name that this one lies over. */
  readonly below: Entry | undefined
}

/**
 * Puts variables in an order in which each comes after those it reads, and else in the order they are written. A later layer lies over the
 * earlier ones: what reads a name gets the topmost, and a variable that reads its own name gets the one below it. Names that no layer has
 * come from elsewhere. @throws VariableCycleError
 */
export function orderVariables<T extends { readonly name: string; readonly reads: readonly string[] }>(
  layers: readonly (readonly T[])[],
): T[] {
  const top = new Map<string, Entry & T>()
  const entries: (Entry & T)[] = []
  for (const layer of layers) {
    for (const item of layer) {
      const entry = { ...item, below: top.get(item.name) }
      entries.push(entry)
      top.set(item.name, entry)
    }
  }
  const ordered = new Set<Entry & T>()
  for (const entry of entries) if (top.get(entry.name) === entry) visit(entry, top, ordered, [])
  return [...ordered]
}

function visit<E extends Entry>(entry: E, top: ReadonlyMap<string, E>, ordered: Set<E>, path: readonly E[]): void {
  if (ordered.has(entry)) return
  if (path.includes(entry)) {
    const round = [...path.slice(path.indexOf(entry)), entry]
    throw new VariableCycleError(round.map(({ name }) => name))
  }
  for (const name of entry.reads) {
    const needed = name === entry.name ? (entry.below as E | undefined) : top.get(name)
    if (needed !== undefined) visit(needed, top, ordered, [...path, entry])
  }
  ordered.add(entry)
}

/** Compiles the variables of all layers, the last one on top. @throws VariableCycleError, TemplateError */
export function compileVariables(layers: readonly Readonly<Record<string, unknown>>[]): readonly Assignment[] {
  const compiled = layers.map((layer) =>
    Object.entries(layer).map(([name, value]) => {
      const tree = compileTree(value)
      return { name, value: tree, reads: tree.reads }
    }),
  )
  return orderVariables(compiled).map(({ name, value }) => ({ name, value }))
}
