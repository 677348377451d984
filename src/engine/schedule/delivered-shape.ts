import type { OpenLoad } from '../../load/executor.ts'
import { GapRecorder } from '../../metrics/histogram/gap-recorder.ts'
import { Histogram } from '../../metrics/histogram/histogram.ts'
import type { ArrivalMetrics } from '../../result/schema.ts'

/** Compares when the iterations of an open phase started with when they were due. Nothing is kept per arrival. */
export class DeliveredShape {
  private readonly load: OpenLoad
  private readonly startAt: number
  private readonly due: Gaps
  private readonly starts: Gaps
  private readonly deviation = new Histogram('ms')
  private dueCount = 0
  private startedInPhase = 0
  private waited = 0

  /** `startAt` is when the phase began, on the monotonic clock in ms. */
  constructor(load: OpenLoad, startAt: number) {
    this.load = load
    this.startAt = startAt
    this.due = new Gaps(load)
    this.starts = new Gaps(load)
  }

  /** Counts an arrival of the timetable, in its order; `intended` is when it was due. */
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

  /** Returns the figures until `elapsedMs` after the phase began: now, or when it ended. */
  toMetrics(elapsedMs: number): ArrivalMetrics {
    const { process, lengthMs } = this.load
    // A phase may end later than planned, to let late arrivals catch up: its rates are over the time it was to take.
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

/** Turns moments, which never go back, into gaps in expected arrivals. */
class Gaps {
  readonly recorder: GapRecorder
  private readonly load: OpenLoad
  /** Expected arrivals until the moment before; undefined before an arrival that no gap of the distribution precedes. */
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
