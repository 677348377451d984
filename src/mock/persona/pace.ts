/** Waits for absolute moments, so that delays of single chunks do not add up over a stream. */

/** Returns the time of the machine's monotonic clock in ms. All processes of this machine read the same time, unlike `performance.now()`. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

/** Waits until the parts of the mock's replies are due, one wait at a time. After `stop` is called, every wait ends at once. */
export class Pacer {
  private timer: NodeJS.Timeout | undefined
  private release: ((alive: boolean) => void) | undefined
  private stopped = false

  /** True until `stop` is called, which happens when the client has disconnected. */
  get alive(): boolean {
    return !this.stopped
  }

  /** Resolves with true at or just after `deadlineMs` of the monotonic clock; with false as soon as `stop` is called. */
  until(deadlineMs: number): Promise<boolean> {
    if (this.stopped) return Promise.resolve(false)
    return new Promise((resolve) => {
      this.release = resolve
      this.arm(deadlineMs)
    })
  }

  /** Ends the current wait and all later ones. */
  stop(): void {
    this.stopped = true
    clearTimeout(this.timer)
    this.settle(false)
  }

  /** Sets the timer for a deadline. A timer may fire up to 1 ms early, because timers use a clock of whole ms; it is then set again. */
  private arm(deadlineMs: number): void {
    const left = deadlineMs - monotonicMs()
    if (left <= 0) this.settle(true)
    else this.timer = setTimeout(() => this.arm(deadlineMs), Math.ceil(left))
  }

  private settle(alive: boolean): void {
    const release = this.release
    this.release = undefined
    release?.(alive)
  }
}
