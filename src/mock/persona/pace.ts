/** Waiting for absolute moments, so that lateness of one chunk never adds up over a stream. */

/**
 * Milliseconds of CLOCK_MONOTONIC. Unlike `performance.now()` it does not start at zero in each process,
 * so that other processes on this machine can compare their stamps with it.
 */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

/** Waits for one moment at a time; `stop` ends the wait and all later ones. */
export class Pacer {
  private timer: NodeJS.Timeout | undefined
  private release: ((alive: boolean) => void) | undefined
  private stopped = false

  /** False once `stop` was called: nobody waits for the rest any more. */
  get alive(): boolean {
    return !this.stopped
  }

  /** Resolves true at or just after `deadlineMs` (monotonic), never before it; false when stopped. */
  until(deadlineMs: number): Promise<boolean> {
    if (this.stopped) return Promise.resolve(false)
    return new Promise((resolve) => {
      this.release = resolve
      this.arm(deadlineMs)
    })
  }

  /** Ends the current wait and refuses later ones. */
  stop(): void {
    this.stopped = true
    clearTimeout(this.timer)
    this.settle(false)
  }

  /** Timers count whole milliseconds of a cached clock and may fire early: then wait again. */
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
