import type { RunDimensions } from '../../metrics/recorder.ts'
import { selectorKey } from '../../metrics/threshold/threshold.ts'
import type { Plan } from '../../scenario/compile/plan.ts'

/**
 * Returns the groups in which a run counts its attempts: by step, phase, target and group of users, and by the sets of tags that thresholds and
 * alerts select.
 */
export function dimensionsOf(plan: Plan): RunDimensions {
  const alerts = plan.alerts.flatMap((alert) => (alert.kind === 'metric' ? [alert.expression] : []))
  const selecting = [...plan.thresholds, ...alerts].filter(({ tags }) => Object.keys(tags).length > 0)
  const selectors = new Map(selecting.map(({ tags }) => [selectorKey(tags), tags]))
  return {
    steps: plan.exchanges.map(({ name, kind, flow, checks }) => ({
      name,
      kind,
      flow,
      checks: checks.map((check) => check.label),
    })),
    phases: [
      ...plan.phases.map(({ name, warmup }) => ({ name, warmup, setupOrTeardown: false })),
      { name: 'setup', warmup: true, setupOrTeardown: true },
      { name: 'teardown', warmup: true, setupOrTeardown: true },
    ],
    targets: plan.targets.map((target) => target.name),
    faults: faultKindsOf(plan),
    faultTags: plan.faultTags,
    priced: plan.targets.some(({ pricing, billing }) => pricing ?? billing?.perHour),
    groups: plan.groups.map((group) => group.name),
    selectors: [...selectors.values()],
  }
}

/** Returns the names of the faults (such as `delay`) that a plan injects, each once. */
function faultKindsOf({ faults = [] }: Pick<Plan, 'faults'>): string[] {
  return [...new Set(faults.map(({ kind }) => kind))]
}

/**
 * Returns the phase number under which the attempts of setup (`which` is 0) or teardown (1) are counted. It follows the numbers of the load phases,
 * which begin with 0.
 */
export function setupPhase(plan: Plan, which: 0 | 1): number {
  return plan.phases.length + which
}
