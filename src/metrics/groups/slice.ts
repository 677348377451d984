import type { Exchange } from '../../exchange.ts'
import type { AttemptEvaluation } from '../counts/counters.ts'
import { SampleLog } from '../histogram/sample-log.ts'
import { AttemptSums, KEPT } from './attempt-sums.ts'
import type { Measurements } from './measurements.ts'

/**
 * Something to which attempts are added, such as the counters of a group, or the timeline. A slice collects attempts for several of these
 * and adds them later.
 */
export interface SliceTarget {
  /** The measurements to which those of a slice are added. */
  readonly receiving: Measurements
}

/** Attempts that belong to the same groups (the same step, phase, tags and so on) and have not been added to these groups yet. */
export class Slice extends AttemptSums {
  /** True from the first attempt on, until the slice is added to its groups. */
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

  /** Adds all attempts to the groups of the slice, and forgets them. */
  flush(): void {
    for (const { receiving } of this.targets) receiving.addLogs(this, this.logs)
    this.reset()
    for (const log of this.logs) log?.reset()
    this.isPending = false
  }
}

/** The largest number of slices that are pending at a time. */
const MAX_PENDING = 128
/** From this number of values on, each counted once for every group that it belongs to, a flush would hold the event loop for long. */
const MAX_VALUES = 50_000

/** The slices with attempts that have not been added to their groups yet. A group adds them before it is read. */
export class PendingSlices {
  /** True while groups must not change, because they are being read in pieces: they keep what is added to them apart. */
  isHeld = false
  /** How many values a flush would add to groups, or some more. */
  values = 0
  private readonly pending: Slice[] = []

  /** Returns the slice, which the caller is about to change. */
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
