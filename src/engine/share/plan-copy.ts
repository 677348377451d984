import type { Plan, PlannedFlow, PlannedPhase } from '../../scenario/compile/plan.ts'

/** The fields of a plan that a rehearsal (`warmUp`) replaces. */
type OwnParts = Pick<Plan, 'targets' | 'phases' | 'flows' | 'setup' | 'teardown' | 'data' | 'thresholds' | 'faults'>

/**
 * Returns a copy of a plan with the given fields replaced and all keys in the same order. The order matters because V8 would otherwise discard the
 * code that it compiled in the rehearsal of the run (`warmUp`).
 */
export function copyOf(plan: Plan, { targets, phases, flows, setup, teardown, data, thresholds, faults }: OwnParts = plan): Plan {
  return {
    ...plan,
    targets: targets.map((target, index) => ({ ...plan.targets[index], ...target })),
    phases: phases.map(copyOfPhase),
    flows: flows.map(copyOfFlow),
    setup,
    teardown,
    data,
    thresholds,
    faults,
  }
}

function copyOfPhase({ name, shape, warmup, load, wholeLoad }: PlannedPhase): PlannedPhase {
  return { name, shape, warmup, load, ...(wholeLoad && { wholeLoad }) }
}

function copyOfFlow({ name, weight, steps }: PlannedFlow): PlannedFlow {
  return { name, weight, steps: [...steps] }
}
