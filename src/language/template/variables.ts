import { compileTree, type Tree } from './template.ts'

/** A variable with its compiled template. In a list of assignments, a variable comes after all variables that its template reads. */
export interface Assignment {
  readonly name: string
  readonly value: Tree
}

/** Thrown when variables refer to each other in a circle. `names` lists the circle; its first and last name are the same. */
export class VariableCycleError extends Error {
  override name = 'VariableCycleError'
  readonly names: readonly string[]

  constructor(names: readonly string[]) {
    super(`the variables ${names.join(' → ')} need each other`)
    this.names = names
  }
}

/** A variable of one layer, with the names of the variables that it reads. */
interface LayeredVariable {
  readonly name: string
  readonly reads: readonly string[]
  /** The variable of the same name in an earlier layer, which this one hides; undefined when there is none. */
  readonly below: LayeredVariable | undefined
}

/**
 * Sorts variables so that each comes after those that its template reads. `layers` are lists of variables, such as those of the scenario and those of
 * a group of users. A variable replaces one of the same name in an earlier layer, but its template may read the replaced one.
 * @throws VariableCycleError
 */
export function orderVariables<T extends { readonly name: string; readonly reads: readonly string[] }>(
  layers: readonly (readonly T[])[],
): T[] {
  const top = new Map<string, LayeredVariable & T>()
  const entries: (LayeredVariable & T)[] = []
  for (const layer of layers) {
    for (const item of layer) {
      const entry = { ...item, below: top.get(item.name) }
      entries.push(entry)
      top.set(item.name, entry)
    }
  }
  const ordered = new Set<LayeredVariable & T>()
  for (const entry of entries) if (top.get(entry.name) === entry) visit(entry, top, ordered, [])
  return [...ordered]
}

function visit<E extends LayeredVariable>(entry: E, top: ReadonlyMap<string, E>, ordered: Set<E>, path: readonly E[]): void {
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

/**
 * Compiles the variables of all layers, such as those of the scenario and those of a group of users, and sorts them so that each comes after those
 * that its template reads. A variable replaces one of the same name in an earlier layer.
 * @throws VariableCycleError, TemplateError
 */
export function compileVariables(layers: readonly Readonly<Record<string, unknown>>[]): readonly Assignment[] {
  const compiled = layers.map((layer) =>
    Object.entries(layer).map(([name, value]) => {
      const tree = compileTree(value)
      return { name, value: tree, reads: tree.reads }
    }),
  )
  return orderVariables(compiled).map(({ name, value }) => ({ name, value }))
}
