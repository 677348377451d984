import { UsageError } from '../../../errors.ts'
import type { PlannedStep } from '../../../scenario/compile/plan.ts'
import type { LoadedScenario } from '../../load/load-scenario.ts'
import type { RunFlags } from '../../load/run-flags.ts'
import { PartOfRun } from './part-of-run.ts'
import { shardOf } from './shard-of.ts'

/** Flags that cannot be combined with `--shard`, because they apply to a whole run or make several runs. */
const NOT_OF_PARTS = ['baseline', 'saveBaseline', 'repeat', 'detach'] as const
/** Flags that need `--shard`, because they say when the parts of a run begin. */
const OF_PARTS = ['startAt', 'maxSkew', 'barrier'] as const

const written = (name: string) => `--${name.replace(/[A-Z]/g, '-$&').toLowerCase()}`

/**
 * Returns the part of a run that this machine makes, as `--shard` says; undefined without that flag, when it makes the whole run.
 * @throws UsageError for flags, or several scenarios, that cannot be combined with `--shard`
 */
export function askedPart(flags: RunFlags, scenarios: readonly LoadedScenario[]): PartOfRun | undefined {
  const { shard } = flags
  if (shard === undefined) {
    const alone = OF_PARTS.find((name) => flags[name] !== undefined)
    if (alone !== undefined) throw new UsageError(`${written(alone)} goes with --shard`, 'add --shard i/n, or leave it out')
    return undefined
  }
  const other = NOT_OF_PARTS.find((name) => flags[name] !== undefined)
  if (other !== undefined)
    throw new UsageError(`${written(other)} does not go with --shard`, 'it is of the whole run: see `burn merge`')
  const [one] = scenarios
  if (one === undefined || scenarios.length !== 1)
    throw new UsageError(
      `--shard ${shard}: a part of one scenario, but there are ${scenarios.length}`,
      'name one scenario and one target',
    )
  const part = shardOf(shard)
  if (part.of > 1 && one.plan.stopWhen.length > 0)
    throw new UsageError(
      `--shard ${shard}: stopWhen looks at the whole load every second, which no shard sees`,
      'leave out stopWhen, or make the load on one machine with --workers',
    )
  if (part.of > 1 && one.plan.setup.some(makesVariables))
    throw new UsageError(
      `--shard ${shard}: setup of ${one.plan.name} captures or sets variables, but only shard 1 runs it: no other shard gets them`,
      'give the values to every shard by variables of the environment',
    )
  return new PartOfRun(flags, part)
}

/** True for a step that sets or captures variables. */
function makesVariables(step: PlannedStep): boolean {
  if (step.kind === 'set') return true
  if (step.kind === 'loop') return step.steps.some(makesVariables)
  if (step.kind === 'if') return [...step.then, ...step.else].some(makesVariables)
  return step.kind !== 'delay' && step.captures.length > 0
}
