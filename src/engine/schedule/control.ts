/** The state of a run between its start and its end, and the calls that change it. */
import { after, now } from '../../clock.ts'

/** How late a timer may fire, in ms, before it counts as late. Also the default limit on burn's own lateness (lag). */
export const TIMER_SLACK_MS = 10

/** Why a user's wait within an iteration ended: its time came (`due`), the run ended (`stopped`), or the iteration took too long (`timeout`). */
export type Woken = 'due' | 'stopped' | 'timeout'

type StopReason = 'signal' | 'threshold' | 'onError' | 'data' | 'finished'

/**
 * The state of a run, with the methods that stop it. Once it is stopped, the run drains: no iteration starts, those under way end before their next
 * step, and requests in flight may finish. The run is over when nothing is in flight any more, or when `cancel` has cancelled the rest.
 */
export class Control {
  state: 'running' | 'draining' | 'over' = 'running'
  /** When arrivals stopped (monotonic ms); NaN while the run is in state `running`. */
  stoppedAt = Number.NaN
  reason: StopReason | undefined
  private readonly interrupting = new AbortController()
  /** A signal that is aborted when the process gets its first SIGINT or SIGTERM, even after the load. */
  readonly interrupted = this.interrupting.signal
  private readonly listeners = new Set<() => void>()

  /** Stops arrivals; attempts in flight may finish. The reason of the first call is kept. */
  stop(reason: StopReason): void {
    if (reason === 'signal') this.interrupting.abort()
    if (this.state !== 'running') return
    this.state = 'draining'
    this.stoppedAt = now()
    this.reason = reason
    this.notify()
  }

  /**
   * Stops arrivals because of a `stopWhen` rule. With `settled`, arrivals that wait for a free user count as late, as at the planned end of a run.
   */
  stopFor(rule: 'saturated' | 'settled'): void {
    this.stop(rule === 'settled' ? 'finished' : 'threshold')
  }

  /** Cancels all attempts that are still in flight: their outcome is `cut`. A run in state `running` is stopped first. */
  cancel(): void {
    this.stop('signal')
    if (this.state === 'over') return
    this.state = 'over'
    this.notify()
  }

  /** Calls `listener` at each change of state until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  private notify(): void {
    for (const listener of [...this.listeners]) listener()
  }

  /** Sleeps until the moment `at` on the monotonic clock; returns early, with false, when the run stops. */
  sleepUntil(at: number): Promise<boolean> {
    if (this.state !== 'running') return Promise.resolve(false)
    if (at <= now()) return Promise.resolve(true)
    return new Promise((resolve) => {
      let stopTimer: () => void
      const unsubscribe = this.onChange(() => {
        stopTimer()
        unsubscribe()
        resolve(false)
      })
      // A timer may fire a fraction of a millisecond early: look again rather than start before the time.
      const look = () => {
        const left = at - now()
        if (left > 0) {
          stopTimer = after(Math.ceil(left), look)
          return
        }
        unsubscribe()
        resolve(true)
      }
      stopTimer = after(Math.max(0, Math.ceil(at - now())), look)
    })
  }
}
