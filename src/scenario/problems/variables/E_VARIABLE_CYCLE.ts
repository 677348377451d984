import { inspectTemplate } from '../../../language/template/template.ts'
import { orderVariables, VariableCycleError } from '../../../language/template/variables.ts'
import { namesBeforeVars } from '../../lint/reads.ts'
import { rule } from '../../lint/subject.ts'
import type { Path } from '../../read/source/source.ts'
import { mapAt, textsIn } from '../../schema/written-steps.ts'

/** A variable of the file with its path, and the names of the variables that its texts read. */
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

/** A variable that depends on itself, as a finding. */
interface VariableCycle {
  readonly path: Path
  readonly message: string
  readonly hint: string
}

/** Returns a finding for the first circle of variables that read each other; an empty list when there is none. */
function cycleIn(layers: readonly (readonly WrittenVariable[])[]): VariableCycle[] {
  try {
    orderVariables(layers)
    return []
  } catch (error) {
    if (!(error instanceof VariableCycleError)) throw error
    const path = layers.flat().findLast(({ name }) => name === error.names[0])?.path ?? []
    return [{ path, message: error.message, hint: 'give one of them a value that does not read the others' }]
  }
}

/** Returns a problem for each variable that reads its own name, if nothing else has that name: no row of data, no capture in setup, no earlier layer. */
function madeFromThemselves(layer: readonly WrittenVariable[], given: ReadonlySet<string>): VariableCycle[] {
  const hint = 'give it a value that does not read it'
  return layer
    .filter(({ name, reads }) => reads.includes(name) && !given.has(name))
    .map(({ name, path }) => ({ path, message: `the variable ${name} is made from itself`, hint }))
}

/** The lint rule (of `burn validate`) that reports a variable in `vars` whose value depends on itself, directly or through other variables. */
export const E_VARIABLE_CYCLE = rule('E_VARIABLE_CYCLE', (subject, report) => {
  const { value } = subject
  const given = namesBeforeVars(subject)
  const common = variablesAt(value, ['vars'])
  const groups = Object.keys(mapAt(value, ['groups'])).map((name) => variablesAt(value, ['groups', name, 'vars']))
  const below = new Set([...given, ...common.map(({ name }) => name)])
  const found = [
    ...madeFromThemselves(common, given),
    ...groups.flatMap((own) => madeFromThemselves(own, below)),
    ...[[common], ...groups.map((own) => [common, own])].flatMap(cycleIn),
  ]
  const once = new Map(found.map((one) => [JSON.stringify(one.path), one]))
  for (const { path, message, hint } of once.values()) report(path, 'key', message, hint)
})
