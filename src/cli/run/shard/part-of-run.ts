import type { Control } from '../../../engine/schedule/control.ts'
import { EXIT } from '../../../errors.ts'
import type { Result } from '../../../result/schema.ts'
import type { Exit } from '../../../result/verdict.ts'
import type { RunFlags } from '../../load/run-flags.ts'
import { StartTogether } from './start-together.ts'

/** One part of a run on this machine: its share of the plan, when it begins, and what its result says of that. */
export class PartOfRun {
  private readonly shard: NonNullable<Result['shard']>
  private readonly start: StartTogether

  /** @throws UsageError for flags that make no sense */
  constructor(flags: RunFlags, shard: NonNullable<Result['shard']>) {
    this.shard = shard
    this.start = new StartTogether(flags, shard)
  }

  /** The share of the load that this part makes. */
  get share() {
    return { index: this.shard.index, count: this.shard.of }
  }

  /** Returns what `runScenario` needs of it: the share, and a function that waits for the common start. */
  optionsFor(control: Control) {
    return { share: this.share, beforeLoad: () => this.moment(control) }
  }

  /** Resolves `leadMs` before its load begins, with the moment when, on the monotonic clock. @throws LocalError */
  moment(control: Control, leadMs = 0): Promise<number> {
    return this.start.moment(control, leadMs)
  }

  /** Why it could not begin. */
  get exits(): Exit[] {
    const { notBegun } = this.start
    return notBegun === undefined ? [] : [{ code: EXIT.couldNotTest, why: notBegun }]
  }

  /** Returns the result with the name of the run, and how late this part began. */
  marked(result: Result): Result {
    const { lateMs } = this.start
    const { shardData } = result
    if (shardData === undefined) return { ...result, shard: this.shard }
    const parts = shardData.parts.map((part) => ({ ...part, ...(lateMs === undefined ? {} : { lateMs }) }))
    return { ...result, shard: this.shard, shardData: { ...shardData, parts } }
  }
}
