/** Counts the attempts in flight, and computes their exact average over time. All times are in ms on one clock. */
export class InFlight {
  count = 0
  private peak = 0
  private countTimesMs = 0
  private from: number
  private changedAt: number

  constructor(at: number) {
    this.from = at
    this.changedAt = at
  }

  /**
   * Records that an attempt began (`by` is 1) or ended (−1) at the time `at`. Calls may come out of order, because an end can be reported
   * after a later event.
   */
  change(by: 1 | -1, at: number): void {
    // Time before the last `take` has been counted; an end before it would subtract more than was added.
    const changedAt = Math.max(at, this.from)
    this.countTimesMs += this.count * (changedAt - this.changedAt)
    this.changedAt = changedAt
    this.count += by
    this.peak = Math.max(this.peak, this.count)
  }

  /** Returns the mean number of attempts in flight, weighted by time, and the peak, both since the last call of `take`. */
  take(at: number): { readonly inFlight: number; readonly peakInFlight: number } {
    const area = this.countTimesMs + this.count * (at - this.changedAt)
    const mean = at > this.from ? area / (at - this.from) : this.count
    const taken = { inFlight: Number(mean.toPrecision(6)), peakInFlight: this.peak }
    this.from = at
    this.changedAt = at
    this.countTimesMs = 0
    this.peak = this.count
    return taken
  }
}
