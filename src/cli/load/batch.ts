import { UsageError } from '../../errors.ts'
import { nearest } from '../../language/suggest.ts'
import type { Scenario } from '../../scenario/schema/schema.ts'
import { allSteps, listAt, mapAt } from '../../scenario/schema/written-steps.ts'

/**
 * Splits a scenario with several targets into one scenario for each target, or for each of the `chosen` ones. A scenario whose steps name their
 * targets is returned whole. @throws UsageError
 */
export function perTarget(scenario: Scenario, raw: unknown, chosen: readonly string[] | undefined): Scenario[] {
  const names = Object.keys(scenario.targets ?? {})
  for (const name of chosen ?? []) if (!names.includes(name)) throw unknownTarget(name, names)
  if (namesTargets(raw)) {
    if (chosen) throw new UsageError('--target: the steps of this scenario name their targets themselves')
    return [scenario]
  }
  const { targets } = scenario
  if (!targets || names.length < 2) return [scenario]
  return (chosen ?? names).flatMap((name) => {
    const target = targets[name]
    return target ? [{ ...scenario, name: `${scenario.name}-${name}`, targets: { [name]: target } }] : []
  })
}

function namesTargets(raw: unknown): boolean {
  const flows = listAt(raw, ['flows']).some((_, index) => mapAt(raw, ['flows', index]).target !== undefined)
  return flows || allSteps(raw).some(({ step }) => step.target !== undefined)
}

function unknownTarget(name: string, names: readonly string[]): UsageError {
  if (names.length === 0) return new UsageError(`--target ${name}: the scenario has no targets: block`)
  const near = nearest(name, names)
  const list = `targets: ${names.join(', ')}`
  return new UsageError(`--target ${name}: there is no such target`, near === undefined ? list : `did you mean ${near}? ${list}`)
}
