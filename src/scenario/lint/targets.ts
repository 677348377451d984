/** The targets of a scenario: their names and blocks, and the steps that send to them. */

import type { PlannedTarget } from '../compile/plan.ts'
import { E_TARGET } from '../problems/compile/E_TARGET.ts'
import type { Finding } from '../read/source/finding.ts'
import type { Path } from '../read/source/source.ts'
import { unloadedTarget } from '../schema/judge.ts'
import type { TargetBlock } from '../schema/target.ts'
import { targetPath, targetsOf } from '../schema/target.ts'
import { listAt, mapAt, type WrittenStep } from '../schema/written-steps.ts'
import { type LintSubject, perScenario, stepsOf } from './subject.ts'

/** The block of a target, and its path in the scenario. */
interface PlacedBlock {
  readonly name: string
  readonly block: TargetBlock
  readonly base: Path
}

/** A compiled target, with its block in the file and with the steps that send to it. */
export interface TargetUse extends PlacedBlock {
  readonly target: PlannedTarget
  readonly steps: readonly WrittenStep[]
}

/**
 * Returns the block of each target of a scenario, with its path. The judge's own target, if it is not among `targets`, comes last and has an empty
 * name, because no step sends to it.
 */
export function targetBlocks({ scenario }: LintSubject): PlacedBlock[] {
  const own = Object.entries(targetsOf(scenario)).map(([name, block]) => ({ name, block, base: targetPath(scenario, name) }))
  const { judge } = scenario
  return judge === undefined || typeof judge.target === 'string'
    ? own
    : [...own, { name: '', block: judge.target, base: ['judge', 'target'] }]
}

/**
 * Returns each target of a scenario with the steps that send to it: all steps, when none names a target, because the scenario is then run once for
 * each target. Targets with an error and the judge's own target are left out.
 */
export const targetUses = perScenario((subject): readonly TargetUse[] => {
  const blocks = targetBlocks(subject)
  const all = stepsOf(subject)
  // When no step names a target, the scenario is run once for each target.
  const each = all.every((step) => step.target === undefined)
  const unloaded = unloadedTarget(subject.scenario, subject.value)
  return blocks.flatMap((placed) => {
    const target = subject.targets.get(placed.name)
    const steps = all.filter((step) => placed.name !== unloaded && (each || (step.target ?? blocks[0]?.name) === placed.name))
    return target === undefined ? [] : [{ ...placed, target, steps }]
  })
})

/** Returns the names of all targets of a scenario, even of targets whose block has an error. */
export function targetNames({ scenario, value }: LintSubject): string[] {
  return [...new Set([...Object.keys(targetsOf(scenario)), ...Object.keys(mapAt(value, ['targets']))])]
}

/** Returns an error for each step or flow, and for a judge, whose key `target` names a target that the scenario does not have. */
export function targetNameFindings(subject: LintSubject): Finding[] {
  const { value, doubts } = subject
  const known = targetNames(subject)
  const flows = listAt(value, ['flows']).map((_, index): Path => ['flows', index])
  return [...stepsOf(subject).map(({ path }) => path), ...flows, ['judge']].flatMap((path) => {
    const { target } = mapAt(value, path)
    if (typeof target !== 'string' || known.includes(target) || known.length === 0 || doubts.mayBeNamed(target)) return []
    return [{ ...E_TARGET.unknown(target, known), path: [...path, 'target'], mark: 'value' as const }]
  })
}
