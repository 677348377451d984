/** What each target is used for. */
import { targetPath, targetsOf } from '../compile/compile.ts'
import type { PlannedTarget } from '../compile/plan.ts'
import type { Path } from '../read/source/source.ts'
import type { TargetBlock } from '../schema/target.ts'
import { allSteps, type WrittenStep } from '../schema/written-steps.ts'
import type { LintSubject } from './subject.ts'

/** A compiled target with its block in the file and the steps that are sent to it. */
export interface TargetUse {
  readonly target: PlannedTarget
  readonly block: TargetBlock
  /** Where the block stands in the file. */
  readonly base: Path
  readonly steps: readonly WrittenStep[]
}

/** Returns each target of a scenario with the steps that are sent to it; targets with an error are left out. */
export function targetUses({ scenario, value, targets: compiled }: LintSubject): TargetUse[] {
  const targets = targetsOf(scenario)
  const [first] = Object.keys(targets)
  const all = allSteps(value)
  // When no step names one, the scenario is run once for each target.
  const each = all.every((step) => step.target === undefined)
  return Object.entries(targets).flatMap(([name, block]) => {
    const target = compiled.get(name)
    const base = targetPath(scenario, name)
    const steps = all.filter((step) => each || (step.target ?? first) === name)
    return target === undefined ? [] : [{ target, block, base, steps }]
  })
}
