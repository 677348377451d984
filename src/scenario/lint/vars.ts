/** Variables of `vars` that are made from each other. */
import { inspectTemplate } from '../../language/template/template.ts'
import { orderVariables, VariableCycleError } from '../../language/template/variables.ts'
import { type Finding, findingAt } from '../read/source/finding.ts'
import type { Path } from '../read/source/source.ts'
import { mapAt, textsIn } from '../schema/written-steps.ts'

/** A variable of the file, its place, and the names that its texts read. */
interface WrittenVariable {
  readonly name: string
  readonly path: Path
  readonly reads: readonly string[]
}

function variablesAt(value: unknown, path: Path): WrittenVariable[] {
  return Object.entries(mapAt(value, path)).map(([name, made]) => ({
    name,
    path: [...path, name],
    reads: textsIn(made, []).flatMap(({ text }) => inspectTemplate(text).template.reads),
  }))
}

/** The first variables that need each other. */
function cycleIn(layers: readonly (readonly WrittenVariable[])[]): Finding | undefined {
  try {
    orderVariables(layers)
    return undefined
  } catch (error) {
    if (!(error instanceof VariableCycleError)) throw error
    const [first] = error.names
    const path = layers.flat().findLast(({ name }) => name === first)?.path ?? []
    const hint = 'give one of them a value that does not read the others'
    return { code: 'E_VARIABLE_CYCLE', path, mark: 'key', message: error.message, hint }
  }
}

/** Variables that read their own name where nothing else has that name: no row of data, no capture of the setup, no earlier layer. */
function madeFromThemselves(layer: readonly WrittenVariable[], given: ReadonlySet<string>): Finding[] {
  const hint = 'give it a value that does not read it'
  return layer
    .filter(({ name, reads }) => reads.includes(name) && !given.has(name))
    .map(({ name, path }) => findingAt('E_VARIABLE_CYCLE', path, 'key', `the variable ${name} is made from itself`, hint))
}

/** Returns an error for each `vars` entry that needs its own value, directly or through others. `given` are names that have a value before. */
export function variableCycles(value: unknown, given: ReadonlySet<string>): Finding[] {
  const common = variablesAt(value, ['vars'])
  const groups = Object.keys(mapAt(value, ['groups'])).map((name) => variablesAt(value, ['groups', name, 'vars']))
  const below = new Set([...given, ...common.map(({ name }) => name)])
  const found = [
    ...madeFromThemselves(common, given),
    ...groups.flatMap((own) => madeFromThemselves(own, below)),
    ...[[common], ...groups.map((own) => [common, own])].flatMap((layers) => cycleIn(layers) ?? []),
  ]
  return [...new Map(found.map((finding) => [JSON.stringify(finding.path), finding])).values()]
}
