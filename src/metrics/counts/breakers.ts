import type { BreakerSummary } from '../../result/schema.ts'

/** Number of transitions of a circuit breaker that are listed; later ones are only counted. */
const MAX_KEPT = 1000

/** A change of a circuit breaker's state: when (monotonic ms), to which state, and how many attempts had ended and failed before it. */
interface Transition {
  readonly at: number
  readonly state: BreakerSummary['state']
  readonly failed: number
  readonly ended: number
}

/** Records what the circuit breaker of one target has done: when it opened and closed, how many attempts it delayed, and for how long. */
export class BreakerRecorder {
  readonly transitions: Transition[] = []
  state: BreakerSummary['state'] = 'closed'
  private opened = 0
  private held = 0
  private heldMs = 0

  /** Counts a change to `state` at the time `at` (monotonic ms). Before it, `ended` attempts had ended, `failed` of them with a failure. */
  became(state: BreakerSummary['state'], at: number, failed: number, ended: number): void {
    if (state === 'open') this.opened += 1
    this.state = state
    if (this.transitions.length < MAX_KEPT) this.transitions.push({ at, state, failed, ended })
  }

  /** Counts an attempt that waited `ms` because the circuit breaker was open. */
  heldBack(ms: number): void {
    this.held += 1
    this.heldMs += ms
  }

  /** Returns the breaker's summary for the result, with times in ms since `startedAt`; undefined when the breaker did nothing. */
  read(startedAt: number): BreakerSummary | undefined {
    if (this.transitions.length === 0) return undefined
    const transitions = this.transitions.map(({ at, ...rest }) => ({ atMs: at - startedAt, ...rest }))
    return { state: this.state, opened: this.opened, held: this.held, heldMs: this.heldMs, transitions }
  }
}
