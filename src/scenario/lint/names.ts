/** Names of steps and phases, and the thresholds that speak of them. */

import { targetsOf } from '../compile/compile.ts'
import { E_TARGET } from '../problems/compile/E_TARGET.ts'
import { type Finding, findingAt } from '../read/source/finding.ts'
import type { Path } from '../read/source/source.ts'
import type { Scenario } from '../schema/schema.ts'
import { allSteps, listAt, loadSteps, mapAt, type WrittenStep } from '../schema/written-steps.ts'
import type { Doubts } from './doubts.ts'
import { tagFindings } from './tags.ts'

/** A step or phase under the name it goes by in tables; `given` when the file says so. */
interface Named {
  readonly name: string
  readonly path: Path
  readonly given: boolean
}

/** Steps that send something, as they are named in tables. */
function namedSteps(steps: readonly WrittenStep[]): Named[] {
  return steps
    .filter(({ step }) => step.message !== undefined || step.request !== undefined)
    .map(({ step, path }, index) => named(step.name, `step-${index + 1}`, path))
}

function namedPhases(scenario: Scenario): Named[] {
  return (scenario.load ?? []).map(({ name }, index) => named(name, `phase-${index + 1}`, ['load', index]))
}

function named(name: unknown, fallback: string, path: Path): Named {
  return typeof name === 'string' ? { name, path: [...path, 'name'], given: true } : { name: fallback, path, given: false }
}

function duplicates(kind: string, all: readonly Named[]): Finding[] {
  const first = new Map<string, Named>()
  return all.flatMap((one) => {
    const earlier = first.get(one.name)
    if (earlier === undefined) {
      first.set(one.name, one)
      return []
    }
    const path = one.given ? one.path : earlier.path
    const message = `two ${kind}s are called ${JSON.stringify(one.name)}`
    const hint = 'their numbers could not be told apart'
    return [findingAt('E_DUPLICATE_NAME', path, 'value', message, hint)]
  })
}

/** Steps that thresholds may speak of. When some could not be read, nobody knows which of them count. */
function stepNames(value: unknown, doubts: Doubts): string[] {
  const sure = namedSteps(loadSteps(value)).map(({ name }) => name)
  if (!doubts.steps) return sure
  const perhaps = allSteps(value).flatMap(({ step }, index) => [step.name ?? `step-${index + 1}`, `step-${index + 1}`])
  return [...sure, ...perhaps.map(String)]
}

/** Names of phases that can be measured; those of phases that could not be read are taken as they are written. */
function phaseNames(scenario: Scenario, value: unknown): string[] {
  const phases = listAt(value, ['load']).map((_, index) => {
    const { name, warmup } = mapAt(value, ['load', index])
    return { warmup: scenario.load?.[index]?.warmup ?? warmup === true, name: String(name ?? `phase-${index + 1}`) }
  })
  return phases.length > 0 ? phases.filter(({ warmup }) => !warmup).map(({ name }) => name) : ['main']
}

/** Tags that every attempt has by itself, with their values. */
function ownTags(scenario: Scenario, value: unknown, doubts: Doubts): Readonly<Record<string, readonly string[]>> {
  const flows = listAt(value, ['flows']).map((_, index) => String(mapAt(value, ['flows', index]).name))
  const { keys, titles } = doubts
  return {
    step: [...new Set([...stepNames(value, doubts), ...titles])],
    phase: [...phaseNames(scenario, value), ...titles],
    target: [...targetNames(scenario, value), ...keys],
    flow: [...flows, ...titles],
    group: [...Object.keys(mapAt(value, ['groups'])), ...keys],
  }
}

/** Names of the targets, those that could not be read with them. */
function targetNames(scenario: Scenario, value: unknown): string[] {
  return [...new Set([...Object.keys(targetsOf(scenario)), ...Object.keys(mapAt(value, ['targets']))])]
}

/** Steps and flows go to targets by name. */
function unknownTargets(scenario: Scenario, value: unknown, doubts: Doubts): Finding[] {
  const known = targetNames(scenario, value)
  const flows = listAt(value, ['flows']).map((_, index): Path => ['flows', index])
  const places = [...allSteps(value).map(({ path }) => path), ...flows]
  return places.flatMap((path) => {
    const { target } = mapAt(value, path)
    if (typeof target !== 'string' || known.includes(target) || known.length === 0 || doubts.mayBeNamed(target)) return []
    return [{ ...E_TARGET.unknown(target, known), path: [...path, 'target'], mark: 'value' as const }]
  })
}

/** Zero attempts are never a pass. */
function nothingSent(value: unknown, doubts: Doubts): Finding[] {
  if (doubts.steps || namedSteps(loadSteps(value)).length > 0) return []
  const hint = 'add a step with message or request'
  const message = 'no step sends anything: there would be nothing to measure'
  return [findingAt('E_NOTHING_SENT', ['steps'], 'key', message, hint)]
}

/** Returns findings about names of steps, phases and flows, such as two that are the same. `value` is the scenario as written. */
export function nameFindings(scenario: Scenario, value: unknown, doubts: Doubts): Finding[] {
  // A step that could not be read may or may not count.
  const steps = namedSteps(allSteps(value)).filter(({ given }) => given || !doubts.steps)
  return [
    ...duplicates('step', steps),
    ...duplicates('phase', namedPhases(scenario)),
    ...duplicates(
      'flow',
      (scenario.flows ?? []).map(({ name }, index) => named(name, '', ['flows', index])),
    ),
    ...unknownTargets(scenario, value, doubts),
    ...tagFindings(scenario, value, ownTags(scenario, value, doubts), doubts),
    ...nothingSent(value, doubts),
  ]
}
