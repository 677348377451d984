import type { Exchange } from '../../exchange.ts'
import type { AttemptEvaluation } from '../counts/counters.ts'
import { SampleLog } from '../histogram/sample-log.ts'
import { AttemptSums, KEPT } from './attempt-sums.ts'
import type { Measurements } from './measurements.ts'

/** A group of attempts, or the timeline, to which a `Slice` adds the finished attempts that it has collected. */
export interface SliceTarget {
  /** The measurements of a group or the timeline, to which the attempts of a slice are added. */
  readonly receiving: Measurements
}

/**
 * A collection of finished attempts that belong to the same groups (step, phase, tags …), and are added to the metrics of these groups later, all at
 * once.
 */
export class Slice extends AttemptSums {
  /** True when the slice contains attempts that have not been added to its groups. */
  isPending = false
  private readonly targets: readonly SliceTarget[]
  private readonly logs: (SampleLog | undefined)[] = new Array<undefined>(KEPT.length + 1).fill(undefined)
  private readonly pending: PendingSlices

  constructor(targets: readonly SliceTarget[], pending: PendingSlices) {
    super()
    this.targets = targets
    this.pending = pending
  }

  override add(exchange: Exchange, evaluation: AttemptEvaluation): void {
    super.add(exchange, evaluation)
    this.pending.values += (KEPT.length + exchange.gapsMs.length) * this.targets.length
  }

  protected record(place: number, value: number): void {
    const log = this.logs[place]
    if (log === undefined) this.firstLog(place).record(value)
    else log.record(value)
  }

  private firstLog(place: number): SampleLog {
    const log = new SampleLog(KEPT[place]?.unit ?? 'ms')
    this.logs[place] = log
    return log
  }

  /** Adds the attempts of the slice to its groups, and empties the slice. */
  flush(): void {
    for (const { receiving } of this.targets) receiving.addLogs(this, this.logs)
    this.reset()
    for (const log of this.logs) log?.reset()
    this.isPending = false
  }
}

/** The largest number of slices that are pending at a time. */
const MAX_PENDING = 128
/**
 * The number of pending values (each counted once for each of its groups) at which they are added to the groups, so that adding them never takes
 * long.
 */
const MAX_VALUES = 50_000

/**
 * The slices (collections of finished attempts) that have not been added yet to the groups they belong to, such as steps and phases. They are added
 * when a group is read or when there are too many.
 */
export class PendingSlices {
  /** True while groups are read in pieces and must not change: new attempts are then kept apart. */
  isHeld = false
  /** An upper estimate of how many values a flush would add to groups. */
  values = 0
  private readonly pending: Slice[] = []

  /** Returns a slice that the caller is about to change, and marks it as pending. */
  use(slice: Slice): Slice {
    if (this.values >= MAX_VALUES) this.flush()
    if (slice.isPending) return slice
    if (this.pending.length >= MAX_PENDING) this.flush()
    slice.isPending = true
    this.pending.push(slice)
    return slice
  }

  /** Adds all pending slices to their groups. */
  flush(): void {
    for (const slice of this.pending) slice.flush()
    this.pending.length = 0
    this.values = 0
  }
}
