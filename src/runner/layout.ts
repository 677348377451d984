/** The names under which attempts of a plan are filed. */
import type { Layout } from '../metrics/recorder.ts'
import type { Plan } from '../scenario/plan.ts'

/** The recorder's layout for a plan; selectors come from its thresholds, each once. */
export function layoutOf(plan: Plan): Layout {
  const selectors = new Map(
    plan.thresholds.filter((t) => Object.keys(t.tags).length > 0).map((t) => [selectorKey(t.tags), t.tags]),
  )
  return {
    steps: plan.exchanges.map((step) => ({ name: step.name, kind: step.kind, checks: step.checks.map((check) => check.label) })),
    phases: plan.phases.map(({ name, shape, warmup }) => ({ name, shape, warmup })),
    targets: plan.targets.map((target) => target.name),
    selectors: [...selectors.values()],
  }
}

/** One text for a set of tags, whatever their order. */
export function selectorKey(tags: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)))
}
