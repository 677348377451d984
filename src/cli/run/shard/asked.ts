import { UsageError } from '../../../errors.ts'
import type { RunFlags } from '../../load/run-flags.ts'
import { PartOfRun } from './part-of-run.ts'
import { shardOf } from './shard-of.ts'

/** What only the whole of a run can be asked for, and what makes several runs. */
const NOT_OF_PARTS = ['baseline', 'saveBaseline', 'repeat', 'detach'] as const
/** Flags that say how parts begin. */
const OF_PARTS = ['startAt', 'maxSkew', 'barrier'] as const

const written = (name: string) => `--${name.replace(/[A-Z]/g, '-$&').toLowerCase()}`

/** Returns which part of a run is asked for; undefined for a whole run. @throws UsageError for flags or several scenarios that do not go with it */
export function askedPart(flags: RunFlags, scenarios: number): PartOfRun | undefined {
  const { shard } = flags
  if (shard === undefined) {
    const alone = OF_PARTS.find((name) => flags[name] !== undefined)
    if (alone !== undefined) throw new UsageError(`${written(alone)} goes with --shard`, 'add --shard i/n, or leave it out')
    return undefined
  }
  const other = NOT_OF_PARTS.find((name) => flags[name] !== undefined)
  if (other !== undefined)
    throw new UsageError(`${written(other)} does not go with --shard`, 'it is of the whole run: see `burn merge`')
  if (scenarios !== 1)
    throw new UsageError(
      `--shard ${shard}: a part of one scenario, but there are ${scenarios}`,
      'name one scenario and one target',
    )
  return new PartOfRun(flags, shardOf(shard))
}
