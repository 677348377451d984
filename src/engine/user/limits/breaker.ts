/**
 * Implements `target.circuitBreaker`: when too many attempts at a target fail, none is sent for a while; then a single one tests whether the target
 * works again.
 */
import { after, LONGEST_TIMER_MS, now } from '../../../clock.ts'
import type { BreakerRecorder } from '../../../metrics/counts/breakers.ts'
import type { PlannedBreaker } from '../../../scenario/compile/plan.ts'

/** Number of parts into which the time over which failures are counted is divided, so that the oldest part can be forgotten. */
const PARTS = 20

/** How an attempt ended, as a circuit breaker counts it; `other` when it shows nothing about the target. */
type BreakerOutcome = 'ok' | 'failed' | 'other'

/**
 * The circuit breaker of one target, which holds back attempts when too many of them fail. While it is closed, attempts are sent. When the error rate
 * exceeds the limit, it opens, and attempts wait. After a pause it is half-open and lets one attempt pass as a probe: it closes if the probe is ok,
 * and opens again if it fails.
 */
export class CircuitBreaker {
  private readonly planned: PlannedBreaker
  private readonly recorder: BreakerRecorder
  private readonly onStop: (text: string) => void
  private state: 'closed' | 'open' | 'half-open' = 'closed'
  private probing = false
  /** Number of attempts that ended, and that failed, in each part of the counted time. `number` is that of the part since the start of the run. */
  private readonly parts: { number: number; ended: number; failed: number }[] = []
  private stopTimer: (() => void) | undefined
  private changed: Promise<void> | undefined
  private wake: () => void = () => {}

  /** Makes a closed breaker. `onStop` is called with the reason when an open breaker ends the run, as the scenario says. */
  constructor(planned: PlannedBreaker, recorder: BreakerRecorder, onStop: (text: string) => void) {
    this.planned = planned
    this.recorder = recorder
    this.onStop = onStop
  }

  /** True when the breaker is closed, so that attempts are sent as usual. */
  get isClosed(): boolean {
    return this.state === 'closed'
  }

  /** Makes the caller's attempt the probe, which tests whether the target works again. Returns false when no probe is wanted now. */
  tryProbe(): boolean {
    if (this.state !== 'half-open' || this.probing) return false
    this.probing = true
    return true
  }

  /** Resolves when the breaker next changes its state; the caller then has to look again whether an attempt may be sent. */
  change(): Promise<void> {
    this.changed ??= new Promise((resolve) => {
      this.wake = resolve
    })
    return this.changed
  }

  /** Takes the outcome of an attempt into account. `isProbe` is true for the one that `tryProbe` allowed. */
  see(outcome: BreakerOutcome, isProbe: boolean): void {
    if (isProbe) this.probed(outcome)
    else if (this.state === 'closed' && outcome !== 'other') this.count(outcome === 'failed')
  }

  /** Stops the timer of the breaker. */
  close(): void {
    this.stopTimer?.()
  }

  private probed(outcome: BreakerOutcome): void {
    this.probing = false
    if (this.state !== 'half-open') return
    if (outcome === 'ok') this.become('closed', 0, 1)
    else if (outcome === 'failed') this.open(1, 1)
    else this.notify()
  }

  private count(failed: boolean): void {
    const { overMs, min, share, pauseMs } = this.planned
    const number = Math.floor(now() / (overMs / PARTS))
    const { parts } = this
    while (parts[0] && parts[0].number <= number - PARTS) parts.shift()
    const last = parts.at(-1)
    if (last?.number === number) {
      last.ended += 1
      if (failed) last.failed += 1
    } else parts.push({ number, ended: 1, failed: failed ? 1 : 0 })
    const ended = parts.reduce((sum, part) => sum + part.ended, 0)
    const bad = parts.reduce((sum, part) => sum + part.failed, 0)
    // The share of failures cannot exceed 100 %: with this limit, the breaker opens when all attempts failed.
    if (ended < min || (share < 1 ? bad <= share * ended : bad < ended)) return
    if (pauseMs !== undefined) this.open(bad, ended)
    else {
      this.become('open', bad, ended)
      this.onStop(`${bad} of the last ${ended} attempts failed`)
    }
  }

  private open(failed: number, ended: number): void {
    this.become('open', failed, ended)
    this.stopTimer = after(Math.min(this.planned.pauseMs ?? 0, LONGEST_TIMER_MS), () => this.become('half-open', failed, ended))
  }

  private become(state: 'closed' | 'open' | 'half-open', failed: number, ended: number): void {
    this.state = state
    this.parts.length = 0
    this.recorder.became(state, now(), failed, ended)
    this.notify()
  }

  private notify(): void {
    this.changed = undefined
    this.wake()
  }
}
