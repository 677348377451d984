import type { OpenLoad } from '../../load/executor.ts'
import { GapRecorder } from '../../metrics/histogram/gap-recorder.ts'
import { Histogram } from '../../metrics/histogram/histogram.ts'
import type { ArrivalMetrics } from '../../result/schema.ts'

/**
 * Measures how closely the iterations of an open phase (an arrival rate) kept to the times at which they were due. The memory for this does not grow
 * with the number of arrivals.
 */
export class DeliveredShape {
  private readonly load: OpenLoad
  private readonly startAt: number
  private readonly due: Gaps
  private readonly starts: Gaps
  private readonly deviation = new Histogram('ms')
  private dueCount = 0
  private startedInPhase = 0
  private waited = 0

  /** Prepares the comparison for one phase of load. `startAt` is the beginning of the phase (monotonic ms). */
  constructor(load: OpenLoad, startAt: number) {
    this.load = load
    this.startAt = startAt
    this.due = new Gaps(load)
    this.starts = new Gaps(load)
  }

  /** Counts an arrival that is due at `intended`. Called in the order of the timetable. */
  arrivalDue(intended: number): void {
    this.dueCount += 1
    this.due.next(intended - this.startAt)
  }

  /** Counts an iteration that starts at the moment `at`, after it waited `queueWaitMs` for a free user. */
  arrivalStarted(intended: number, at: number, queueWaitMs: number): void {
    this.deviation.record(Math.max(0, at - intended - queueWaitMs))
    if (queueWaitMs > 0) this.waited += 1
    const elapsedMs = at - this.startAt
    if (elapsedMs > this.load.lengthMs) return
    this.startedInPhase += 1
    this.starts.next(elapsedMs)
  }

  /** Returns the figures for the first `elapsedMs` of the phase, at most its whole length. */
  toMetrics(elapsedMs: number): ArrivalMetrics {
    const { process, lengthMs } = this.load
    // A phase may end later than planned, so that late arrivals catch up; its rates are per second of the planned time.
    const windowMs = Math.min(elapsedMs, lengthMs)
    const perSecond = (count: number) => (windowMs > 0 ? (count / windowMs) * 1000 : null)
    const { recorder } = this.starts
    const { distance, critical } = recorder
    const timetable = this.due.recorder
    return {
      process: process.name,
      due: this.dueCount,
      started: this.deviation.count,
      startedInPhase: this.startedInPhase,
      waited: this.waited,
      plannedPerSecond: perSecond(this.dueCount),
      achievedPerSecond: perSecond(this.startedInPhase),
      deviation: this.deviation.toDistribution(),
      gaps: recorder.count,
      variation: { planned: process.variation, timetable: timetable.variation, achieved: recorder.variation },
      ...(distance !== null && critical !== null
        ? { distance: { timetable: timetable.distance, achieved: distance, critical } }
        : {}),
    }
  }
}

/** Converts a rising series of moments to gaps, each measured as the number of arrivals expected in it. */
class Gaps {
  readonly recorder: GapRecorder
  private readonly load: OpenLoad
  /** Number of arrivals expected up to the previous moment; undefined while there is no previous one from which a gap can be measured. */
  private before: number | undefined

  constructor(load: OpenLoad) {
    this.load = load
    this.recorder = new GapRecorder(load.process.shareBelow)
    this.before = load.process.beginsWithGap ? 0 : undefined
  }

  next(elapsedMs: number): void {
    const count = this.load.countAt(elapsedMs)
    if (this.before !== undefined) this.recorder.add(Math.max(0, count - this.before))
    this.before = count
  }
}
