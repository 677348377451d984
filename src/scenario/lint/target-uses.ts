/** What each target is used for. */
import { targetsOf } from '../compile/compile.ts'
import type { Path } from '../read/source/source.ts'
import type { Scenario } from '../schema/schema.ts'
import type { TargetBlock } from '../schema/target.ts'
import { allSteps, type WrittenStep } from '../schema/written-steps.ts'

interface TargetUse {
  readonly block: TargetBlock
  /** Where the block stands in the file. */
  readonly base: Path
  readonly steps: readonly WrittenStep[]
}

/** Each target with the steps that go to it; `value` is the scenario as it was written. */
export function targetUses(scenario: Scenario, value: unknown): TargetUse[] {
  const targets = targetsOf(scenario)
  const [first] = Object.keys(targets)
  const all = allSteps(value)
  // When no step names one, the scenario is run once for each target.
  const each = all.every((step) => step.target === undefined)
  return Object.entries(targets).map(([name, block]) => ({
    block,
    base: scenario.targets === undefined ? ['target'] : ['targets', name],
    steps: all.filter((step) => each || (step.target ?? first) === name),
  }))
}
