import type { Clock } from '../../src/clock.ts'

/** A clock that stands still until the test moves it, for what waits for real sockets. */
export class HandClock implements Clock {
  readonly isReal = true
  private at = 0
  private timers: { at: number; callback: () => void }[] = []

  now = () => this.at
  wallAnchor = () => 0
  nextTurn = (callback: () => void) => void setImmediate(callback)
  every = () => () => {}

  after(ms: number, callback: () => void) {
    const timer = { at: this.at + ms, callback }
    this.timers.push(timer)
    return () => {
      this.timers = this.timers.filter((one) => one !== timer)
    }
  }

  /** Lets `ms` pass; what is due by then is called in its order. */
  pass(ms: number): void {
    const end = this.at + ms
    for (;;) {
      const [next] = this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
      if (next === undefined) break
      this.timers = this.timers.filter((one) => one !== next)
      this.at = Math.max(this.at, next.at)
      next.callback()
    }
    this.at = end
  }
}
