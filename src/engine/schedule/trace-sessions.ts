/** Tracks the sessions of a replayed trace: each session stays with one user, which makes its turns (recorded requests) one after the other. */
import { now } from '../../clock.ts'
import type { TracePlay } from '../../load/trace/play.ts'
import type { Control } from './control.ts'
import type { WaitingArrival } from './queue/waiting.ts'

/**
 * A turn (recorded request) of a replayed trace that may start now, with the time at which it was due and how long it had to wait for the turn before
 * it.
 */
export interface TurnStart {
  readonly turn: number
  /** When the turn was due (monotonic ms). */
  readonly intended: number
  /** How long after it was due it had to wait for the end of the turn before it, in ms. */
  readonly queueWaitMs: number
  /** True when the trace has a time for this turn, so that the timetable has an arrival for it. */
  readonly arrived: boolean
}

interface SessionUnderWay {
  /** The turns of the session that are due and have not started yet. */
  readonly due: WaitingArrival[]
  /** True when the first turn of the session was dropped, and so the whole session. */
  dropped: boolean
  /** Called when a turn of the session is due, or the run stops; undefined while no user waits for one. */
  wake: (() => void) | undefined
}

/** Decides when each turn (recorded request) of a replayed trace may start: not before the previous turn of the same session has ended. */
export class TraceSessions {
  private readonly play: TracePlay
  private readonly control: Control
  /** Called for a turn that is due and will not be started. */
  private readonly dropped: (arrival: WaitingArrival) => void
  private readonly underWay = new Map<number, SessionUnderWay>()
  /** Number of sessions that have begun and whose last turn has not started yet. */
  private unfinished = 0
  private whenOver: (() => void) | undefined

  constructor(play: TracePlay, control: Control, dropped: (arrival: WaitingArrival) => void) {
    this.play = play
    this.control = control
    this.dropped = dropped
  }

  /**
   * Keeps an arrival that has to wait for the end of the turn before it in its session. Returns false when the arrival begins a session or belongs to
   * none, so that it may start at once.
   */
  takes(arrival: WaitingArrival): boolean {
    const number = this.play.sessionOf(arrival.turn)
    const session = this.underWay.get(number)
    if (!session) {
      if (number < 0 || this.play.next(arrival.turn) === undefined) return false
      this.underWay.set(number, { due: [], dropped: false, wake: undefined })
      this.unfinished += 1
      return false
    }
    if (session.dropped) {
      this.dropped(arrival)
      if (this.play.next(arrival.turn) === undefined) this.underWay.delete(number)
    } else {
      session.due.push(arrival)
      session.wake?.()
    }
    return true
  }

  /** Drops the other turns of a session whose first turn was dropped. */
  drop({ turn }: WaitingArrival): void {
    const session = this.underWay.get(this.play.sessionOf(turn))
    if (!session || session.dropped) return
    session.dropped = true
    for (const arrival of session.due.splice(0)) this.dropped(arrival)
    this.leave()
  }

  /**
   * Called when `turn` has ended. Resolves when the next turn of the session is due and its delay has passed. Resolves with undefined when there is
   * no next turn, or the run stops; turns that are due at the stop are dropped.
   */
  async after(turn: number): Promise<TurnStart | undefined> {
    const number = this.play.sessionOf(turn)
    const session = this.underWay.get(number)
    if (!session) return undefined
    const next = this.play.next(turn)
    const start = next === undefined ? undefined : await this.startOf(session, next)
    if (start) {
      if (this.play.next(start.turn) === undefined) this.leave()
      return start
    }
    this.underWay.delete(number)
    for (const arrival of session.due) this.dropped(arrival)
    if (next !== undefined) this.leave()
    return undefined
  }

  private async startOf(session: SessionUnderWay, turn: number): Promise<TurnStart | undefined> {
    const { play, control } = this
    const endedAt = now()
    const delayMs = play.delayOf(turn)
    const arrived = play.hasTime(turn)
    if (arrived && session.due.length === 0) await this.arrivalOf(session)
    if (control.state !== 'running') return undefined
    const arrival = arrived ? session.due[0] : undefined
    if (arrived && !arrival) return undefined
    const readyAt = endedAt + (delayMs ?? 0)
    if (!(await control.sleepUntil(readyAt))) return undefined
    if (arrival) session.due.shift()
    // A turn with a delay after the previous reply is due at its end; any other turn is due at the time in the trace.
    const intended = arrival === undefined || delayMs !== undefined ? Math.max(readyAt, arrival?.intended ?? 0) : arrival.intended
    const queueWaitMs = arrival === undefined || delayMs !== undefined ? 0 : Math.max(0, endedAt - arrival.noticedAt)
    return { turn, intended, queueWaitMs, arrived }
  }

  /** Resolves when a turn of the session is due, or the run stops. */
  private arrivalOf(session: SessionUnderWay): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        session.wake = undefined
        unsubscribe()
        resolve()
      }
      const unsubscribe = this.control.onChange(wake)
      session.wake = wake
      if (this.control.state !== 'running') wake()
    })
  }

  private leave(): void {
    this.unfinished -= 1
    if (this.unfinished === 0) this.whenOver?.()
  }

  /** Resolves when the last turn of each session has started, or the run was stopped. */
  async over(): Promise<void> {
    if (this.unfinished === 0) return
    await new Promise<void>((resolve) => {
      const unsubscribe = this.control.onChange(() => done())
      const done = () => {
        unsubscribe()
        resolve()
      }
      this.whenOver = done
    })
  }
}
