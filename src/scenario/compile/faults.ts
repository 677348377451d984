import type { FaultSpec } from '../../faults/index.ts'
import type { Plan, PlannedFault } from './plan.ts'

/** Compiles the entries of `faults`; undefined when there are none. Steps and targets that do not exist are left to the lint. */
export function compileFaults(
  specs: readonly FaultSpec[] | undefined,
  { exchanges, targets }: Pick<Plan, 'exchanges'> & { readonly targets: readonly { readonly name: string }[] },
): readonly PlannedFault[] | undefined {
  if (specs === undefined || specs.length === 0) return undefined
  return specs.map(({ kind, probability, from = 0, until = Number.POSITIVE_INFINITY, steps, target, draw }) => ({
    kind,
    probability,
    fromMs: from,
    untilMs: until,
    steps: steps && new Set(exchanges.filter(({ name }) => steps.includes(name)).map(({ index }) => index)),
    target: target === undefined ? undefined : targets.findIndex(({ name }) => name === target),
    draw,
  }))
}
