/** Names of steps and phases, and the thresholds that speak of them. */

import { nearest } from '../../language/suggest.ts'
import { checkThresholdTags } from '../../metrics/threshold.ts'
import { targetsOf } from '../compile/compile.ts'
import type { Finding } from '../read/finding.ts'
import type { Path } from '../read/source.ts'
import type { Scenario } from '../schema/schema.ts'
import { allSteps, listAt, loadSteps, mapAt, type WrittenStep } from '../schema/written-steps.ts'

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
    return [
      {
        code: 'E_DUPLICATE_NAME',
        path,
        mark: 'value',
        message: `two ${kind}s are called ${JSON.stringify(one.name)}`,
        hint: 'their numbers could not be told apart',
      },
    ]
  })
}

function tagFindings(scenario: Scenario, value: unknown): Finding[] {
  const phases = namedPhases(scenario)
  const measured = phases.filter((_, index) => !scenario.load?.[index]?.warmup).map(({ name }) => name)
  const known = {
    step: namedSteps(loadSteps(value)).map(({ name }) => name),
    phase: phases.length > 0 ? measured : ['main'],
    target: Object.keys(targetsOf(scenario)),
    flow: (scenario.flows ?? []).map(({ name }) => name),
    group: Object.keys(scenario.groups ?? {}),
  }
  const written = listAt(value, ['thresholds'])
  return (scenario.thresholds ?? []).flatMap((threshold, index) =>
    checkThresholdTags(threshold, known).map(({ message, hint, offset, length }) => ({
      code: 'E_THRESHOLD',
      path: typeof written[index] === 'string' ? ['thresholds', index] : ['thresholds', index, 'threshold'],
      mark: { offset, length },
      message: isWarmup(threshold.tags.phase, scenario)
        ? `${threshold.tags.phase} is a warm-up: it is kept out of thresholds`
        : message,
      hint,
    })),
  )
}

function isWarmup(phase: string | undefined, scenario: Scenario): boolean {
  return phase !== undefined && (scenario.load ?? []).some(({ name, warmup }) => warmup && name === phase)
}

/** Steps and flows go to targets by name. */
function unknownTargets(scenario: Scenario, value: unknown): Finding[] {
  const known = Object.keys(targetsOf(scenario))
  const flows = listAt(value, ['flows']).map((_, index): Path => ['flows', index])
  const places = [...allSteps(value).map(({ path }) => path), ...flows]
  return places.flatMap((path) => {
    const { target } = mapAt(value, path)
    if (typeof target !== 'string' || known.includes(target)) return []
    const near = nearest(target, known)
    const hint = near === undefined ? `one of ${known.join(', ')}` : `did you mean ${JSON.stringify(near)}?`
    return [
      {
        code: 'E_TARGET',
        path: [...path, 'target'],
        mark: 'value' as const,
        message: `there is no target ${JSON.stringify(target)}`,
        hint,
      },
    ]
  })
}

/** Zero attempts are never a pass. */
function nothingSent(value: unknown): Finding[] {
  if (namedSteps(loadSteps(value)).length > 0) return []
  const hint = 'add a step with message or request'
  return [
    {
      code: 'E_NOTHING_SENT',
      path: ['steps'],
      mark: 'key',
      message: 'no step sends anything: there would be nothing to measure',
      hint,
    },
  ]
}

/** What can be said about names. `value` is the scenario as it was written. */
export function nameFindings(scenario: Scenario, value: unknown): Finding[] {
  return [
    ...duplicates('step', namedSteps(allSteps(value))),
    ...duplicates('phase', namedPhases(scenario)),
    ...duplicates(
      'flow',
      (scenario.flows ?? []).map(({ name }, index) => named(name, '', ['flows', index])),
    ),
    ...unknownTargets(scenario, value),
    ...tagFindings(scenario, value),
    ...nothingSent(value),
  ]
}
