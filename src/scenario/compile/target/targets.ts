/** The targets of a scenario, compiled. */
import { E_TARGET } from '../../problems/compile/E_TARGET.ts'
import type { Path } from '../../read/source/source.ts'
import { type TargetBlock, targetPath, targetsOf } from '../../schema/target.ts'
import type { PlannedTarget, Timeouts } from '../plan.ts'
import type { Texts } from '../texts.ts'
import { compileTarget, mergeTimeouts, TEMPLATED } from './target.ts'
import { UnusableTarget } from './unusable.ts'

/** A target of the scenario after compilation; its `target` is undefined when its block has an error. */
export interface CompiledTarget {
  readonly name: string
  readonly timeouts: Timeouts
  readonly target: PlannedTarget | undefined
}

/** Compiles each target of a scenario, in the order of the file. `texts` collects the errors. */
export function compileTargets(scenario: Parameters<typeof targetsOf>[0], texts: Texts): CompiledTarget[] {
  return Object.entries(targetsOf(scenario)).map(([name, block]) => {
    const path = targetPath(scenario, name)
    for (const key of TEMPLATED) texts.look([...path, key])
    return { name, timeouts: mergeTimeouts(block.timeouts), target: compiledTarget(block, name, path, texts) }
  })
}

function compiledTarget(block: TargetBlock, name: string, path: Path, texts: Texts): PlannedTarget | undefined {
  try {
    return texts.quietly(() => compileTarget(block, name))
  } catch (error) {
    if (!(error instanceof UnusableTarget)) throw error
    texts.report(E_TARGET.refused(error), [...path, ...error.path], 'key')
    return undefined
  }
}
