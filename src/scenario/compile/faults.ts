import { EARLIER } from '../../errors.ts'
import type { FaultSpec, WireSpec } from '../../faults/index.ts'
import type { Plan, PlannedFault } from './plan.ts'

/**
 * Compiles the list `faults` of a scenario. Returns `faults`, which hit single attempts, and `wireFaults`, which hit connections (those with
 * probability 0 are left out); each is undefined when there are none. `faultTags` are the values that the tag `fault` of an attempt can have. An
 * unknown step or target is no error here, because a lint rule reports it.
 */
export function compileFaults(
  entries: readonly (FaultSpec | WireSpec)[] = [],
  { exchanges, targets }: Pick<Plan, 'exchanges'> & { readonly targets: readonly { readonly name: string }[] },
): Pick<Plan, 'faults' | 'wireFaults' | 'faultTags'> {
  const faults = entries.flatMap((entry) => ('draw' in entry ? [entry] : []))
  // A fault with probability 0 never acts, so that it needs no relay.
  const wireFaults = entries.flatMap((entry) => ('draw' in entry || entry.probability === 0 ? [] : [entry]))
  const kinds = [...faults, ...wireFaults].map(({ kind }) => kind)
  return {
    faultTags: kinds.length === 0 ? [] : [...new Set([...kinds, EARLIER])],
    faults: faults.length === 0 ? undefined : faults.map((spec) => compileFault(spec, exchanges, targets)),
    wireFaults: wireFaults.length === 0 ? undefined : wireFaults,
  }
}

function compileFault(
  { kind, probability, from = 0, until = Number.POSITIVE_INFINITY, steps, target, draw }: FaultSpec,
  exchanges: Plan['exchanges'],
  targets: readonly { readonly name: string }[],
): PlannedFault {
  return {
    kind,
    probability,
    fromMs: from,
    untilMs: until,
    steps: steps && new Set(exchanges.filter(({ name }) => steps.includes(name)).map(({ index }) => index)),
    target: target === undefined ? undefined : targets.findIndex(({ name }) => name === target),
    draw,
  }
}
