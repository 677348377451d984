/** The time limit of an iteration, and waits that end when it is over. */
import { after, LONGEST_TIMER_MS, now } from '../../clock.ts'
import type { Control, Woken } from '../schedule/control.ts'

/** Lets one user wait during an iteration, and limits how long the iteration may take. */
export class IterationClock {
  private readonly control: Control
  /** True for teardown: the iteration goes on although the run was stopped. */
  private runsToCompletion = false
  private stopTimer: (() => void) | undefined
  private wake: (() => void) | undefined
  /** When the iteration times out, on the monotonic clock; Infinity without a limit. */
  timesOutAt = Number.POSITIVE_INFINITY

  constructor(control: Control) {
    this.control = control
  }

  /** True when the iteration has taken too long; compared with the clock, so it is right even before the timer fires. */
  get timedOut(): boolean {
    return this.timesOutAt !== Number.POSITIVE_INFINITY && now() >= this.timesOutAt
  }

  /** Begins an iteration. `onTimeout` is called once after `limitMs`, unless `end` is called before. */
  begin(runsToCompletion: boolean, limitMs: number | undefined, onTimeout: (limitMs: number) => void): void {
    this.runsToCompletion = runsToCompletion
    this.timesOutAt = Number.POSITIVE_INFINITY
    if (limitMs === undefined) return
    this.timesOutAt = now() + limitMs
    // A timer may fire a fraction of a millisecond early; then it is set again for the rest.
    const look = () => {
      const left = this.timesOutAt - now()
      if (left > 0) this.stopTimer = after(Math.min(Math.ceil(left), LONGEST_TIMER_MS), look)
      else {
        this.wake?.()
        onTimeout(limitMs)
      }
    }
    look()
  }

  /** Ends the iteration, and with it its time limit. */
  end(): void {
    this.stopTimer?.()
    this.stopTimer = undefined
  }

  /** Sleeps until the time `at` on the monotonic clock; resolves with why the wait ended. */
  async sleepUntil(at: number): Promise<Woken> {
    const until = Math.min(at, this.timesOutAt)
    if (this.runsToCompletion) await sleepToCompletion(until)
    else if (!(await this.control.sleepUntil(until))) return 'stopped'
    return at > this.timesOutAt ? 'timeout' : 'due'
  }

  /**
   * Waits for a promise. The wait ends early when the iteration times out or the run is cancelled; with `until: 'stopped'`, already when the run is
   * stopped. @throws what the promise rejects with
   */
  async waitFor(thing: Promise<void>, until: 'cancelled' | 'stopped' = 'cancelled'): Promise<Woken> {
    let unsubscribe = () => {}
    const gone = new Promise<Woken>((resolve) => {
      this.wake = () => resolve('timeout')
      const look = () => {
        const { state } = this.control
        const ends = until === 'stopped' ? state !== 'running' : state === 'over'
        if (ends && !this.runsToCompletion) resolve('stopped')
      }
      unsubscribe = this.control.onChange(look)
      look()
    })
    try {
      return await Promise.race([thing.then((): Woken => 'due'), gone])
    } finally {
      this.wake = undefined
      unsubscribe()
    }
  }
}

async function sleepToCompletion(at: number): Promise<void> {
  for (let left = at - now(); left > 0; left = at - now()) {
    await new Promise<void>((resolve) => after(Math.min(Math.ceil(left), LONGEST_TIMER_MS), resolve))
  }
}
