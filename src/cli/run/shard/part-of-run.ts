import type { Control } from '../../../engine/schedule/control.ts'
import { EXIT } from '../../../errors.ts'
import type { Result } from '../../../result/schema.ts'
import type { Exit } from '../../../result/verdict.ts'
import type { RunFlags } from '../../load/run-flags.ts'
import { StartTogether } from './start-together.ts'

/**
 * The part of a run that `--shard 2/3` selects for this machine. It decides which iterations of the load this machine makes and when its load
 * begins, and marks the result as that of a part.
 */
export class PartOfRun {
  private readonly shard: NonNullable<Result['shard']>
  private readonly start: StartTogether

  /**
   * Makes the part of a run that `shard` names, with the start that the flags choose. @throws UsageError for flags that contradict each other or have
   * a wrong value
   */
  constructor(flags: RunFlags, shard: NonNullable<Result['shard']>) {
    this.shard = shard
    this.start = new StartTogether(flags, shard)
  }

  /** The share of the plan that this part makes: its number, from 0, and the number of parts. */
  get share() {
    return { index: this.shard.index, count: this.shard.of }
  }

  /** Returns the options that `runScenario` needs: the share, and a function that waits for the common start. */
  optionsFor(control: Control) {
    return { share: this.share, beforeLoad: () => this.moment(control) }
  }

  /**
   * Waits for the start of this part. Resolves `leadMs` ms before its load begins, with the time at which it begins, on the monotonic clock in ms.
   * @throws LocalError
   */
  moment(control: Control, leadMs = 0): Promise<number> {
    return this.start.moment(control, leadMs)
  }

  /** A list with the exit code of a part that could not begin; empty when it began. */
  get exits(): Exit[] {
    const { notBegun } = this.start
    return notBegun === undefined ? [] : [{ code: EXIT.couldNotTest, why: notBegun }]
  }

  /** Returns a result with the name of the run and, in ms, how late this part began. */
  marked(result: Result): Result {
    const { lateMs } = this.start
    const { shardData } = result
    if (shardData === undefined) return { ...result, shard: this.shard }
    const parts = shardData.parts.map((part) => ({ ...part, ...(lateMs === undefined ? {} : { lateMs }) }))
    return { ...result, shard: this.shard, shardData: { ...shardData, parts } }
  }
}
