/** The interval in ms at which burn's process records that it is running. A longer gap between two records shows that the process was held up. */
export const BEAT_MS = 10
/** A gap between two signs of life that exceeds `BEAT_MS` by more than this, in ms, is a disturbance: no code of burn ran in the gap. */
const TOLERANCE_MS = 10
/** A disturbance longer than this, in ms, is a stall: the whole process stood still. */
const STALL_MS = 100

/**
 * Finds the disturbances of burn's own process: times in which it was stopped, throttled, without a CPU, or held up by one long piece of its own
 * work. Such a time shows as a long gap between two calls of `alive`. An attempt that was in flight or due during a disturbance is tainted, because
 * it may have been sent or read late.
 */
export class Disturbances {
  /** Number of disturbances (times in which burn's process did not run) so far. */
  count = 0
  /** Sum of the lengths of stalls, in ms. */
  stalledMs = 0
  /** Sum of the lengths of all disturbances, stalls included, in ms. */
  totalMs = 0
  private lastSignAt = Number.NaN
  private lastEndAt = Number.NEGATIVE_INFINITY

  /** Notes that burn's process runs at the time `at` (ms on the run's clock). The first call begins the watch. */
  alive(at: number): void {
    const silentMs = at - this.lastSignAt - BEAT_MS
    if (silentMs > TOLERANCE_MS) {
      this.count += 1
      this.totalMs += silentMs
      if (silentMs > STALL_MS) this.stalledMs += silentMs
      this.lastEndAt = at
    }
    if (!(at < this.lastSignAt)) this.lastSignAt = at
  }

  /**
   * Returns true when a disturbance may have affected an attempt that began at `from` and ended at `to`, or its start was late (`lagMs`). Always
   * false before the first call of `alive`, as in virtual time.
   */
  touched(from: number, to: number, lagMs: number): boolean {
    if (Number.isNaN(this.lastSignAt)) return false
    this.alive(to)
    return this.lastEndAt > from || lagMs > TOLERANCE_MS
  }

  /** Forgets all disturbances, and stops watching until the next call of `alive`. */
  reset(): void {
    this.count = 0
    this.totalMs = 0
    this.stalledMs = 0
    this.lastSignAt = Number.NaN
  }
}
