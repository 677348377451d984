/** Compiles the targets of a scenario, and its judge (the model that scores replies after the load). */
import { DEFAULT_RUBRIC, usualPass } from '../../../metrics/judge/rubric.ts'
import { E_TARGET } from '../../problems/compile/E_TARGET.ts'
import type { Path } from '../../read/source/source.ts'
import { judgeBlock } from '../../schema/judge.ts'
import type { Scenario } from '../../schema/schema.ts'
import { type TargetBlock, targetPath, targetsOf } from '../../schema/target.ts'
import type { PlannedJudge, PlannedTarget, Timeouts } from '../plan.ts'
import type { Texts } from '../texts.ts'
import { compileTarget, mergeTimeouts, TEMPLATED } from './target.ts'
import { UnusableTarget } from './unusable.ts'

/** A target of the scenario after compilation; `target` is undefined when the settings of the target have an error. */
export interface CompiledTarget {
  readonly name: string
  readonly timeouts: Timeouts
  readonly target: PlannedTarget | undefined
}

/** Compiles each target of a scenario, in the order of the file. `texts`, the compiler of the scenario's templates, also collects the errors. */
export function compileTargets(scenario: Parameters<typeof targetsOf>[0], texts: Texts): CompiledTarget[] {
  return Object.entries(targetsOf(scenario)).map(([name, block]) => {
    const target = compiledTarget(block, name, targetPath(scenario, name), texts)
    return { name, timeouts: mergeTimeouts(block.timeouts), target }
  })
}

/** Compiles the target block at `path` of the scenario; undefined when it has an error, which is added to `texts`. */
function compiledTarget(block: TargetBlock, name: string, path: Path, texts: Texts): PlannedTarget | undefined {
  for (const key of TEMPLATED) texts.look([...path, key])
  try {
    return texts.quietly(() => compileTarget(block, name))
  } catch (error) {
    if (!(error instanceof UnusableTarget)) throw error
    texts.report(E_TARGET.refused(error), [...path, ...error.path], 'key')
    return undefined
  }
}

/**
 * Compiles the `judge` block of a scenario. Undefined when there is no block, when it names a target that does not exist, and when its target has an
 * error; that error is added to the problems of the scenario.
 */
export function compileJudge(scenario: Scenario, texts: Texts): PlannedJudge | undefined {
  const { judge: block } = scenario
  const asked = judgeBlock(scenario)
  if (block === undefined || asked === undefined) return undefined
  const { sample, askTwice, perGroup, maxCost, concurrency, cache } = block
  const target = compiledTarget(asked, 'judge', ['judge', 'target'], texts)
  return target && { target, criteria: criteriaOf(block), sample, askTwice, perGroup, maxCost, concurrency, cache }
}

function criteriaOf({
  rubric = DEFAULT_RUBRIC,
  criteria,
  scale,
  pass,
}: NonNullable<Scenario['judge']>): PlannedJudge['criteria'] {
  const [min, max] = scale
  const usual = pass ?? usualPass(min, max)
  if (criteria === undefined) return [{ name: undefined, text: rubric, min, max, pass: usual }]
  return Object.entries(criteria).map(([name, one]) => {
    const own = typeof one === 'string' ? { rubric: one, pass: undefined } : one
    return { name, text: own.rubric, min, max, pass: own.pass ?? usual }
  })
}
