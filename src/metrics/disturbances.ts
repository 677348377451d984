/** How often burn's process shows that it runs, in ms. */
export const BEAT_MS = 10
/** A silence longer than the beat and this, in ms, is a disturbance: in it, nothing of burn ran. */
const TOLERANCE_MS = 10
/** One longer than this is a stall, in which the whole process stood still. */
const STALL_MS = 100

/**
 * The times in which burn's process could not work: it was stopped, throttled, without a CPU, or held up by one long piece of its own
 * work. They show as a long silence between two signs of life. What was sent, or due to be sent, before the end of such a time is
 * tainted: it may have been sent or read late.
 */
export class Disturbances {
  /** Number of disturbances so far. */
  count = 0
  /** Sum of the lengths of stalls, in ms. */
  stalledMs = 0
  /** Sum of the lengths of all disturbances, stalls included, in ms. */
  totalMs = 0
  private lastSignAt = Number.NaN
  private lastEndAt = Number.NEGATIVE_INFINITY

  /** Takes a sign of life at the time `at`, in ms of the run's clock. The first one begins the watch. */
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
   * Whether a disturbance may have touched what began at `from` and ends at `to`, or its start was late (`lagMs`) by as much. Never before
   * the first sign of life, as in virtual time.
   */
  touched(from: number, to: number, lagMs: number): boolean {
    if (Number.isNaN(this.lastSignAt)) return false
    this.alive(to)
    return this.lastEndAt > from || lagMs > TOLERANCE_MS
  }

  /** Forgets all disturbances, and ends the watch until the next sign of life. */
  reset(): void {
    this.count = 0
    this.totalMs = 0
    this.stalledMs = 0
    this.lastSignAt = Number.NaN
  }
}
