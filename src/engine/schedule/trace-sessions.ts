/** The sessions of a trace that are under way: each keeps its user, and takes its turns one after the other. */
import { now } from '../../clock.ts'
import type { TracePlay } from '../../load/trace/play.ts'
import type { Control } from './control.ts'
import type { WaitingArrival } from './queue/waiting.ts'

/** A turn that may start now. */
export interface TurnStart {
  readonly turn: number
  /** When it was due, in ms on the monotonic clock. */
  readonly intended: number
  /** How long it waited for the turn before it to end, in ms. */
  readonly queueWaitMs: number
  /** False for a turn without a time of its own, which no arrival stands for. */
  readonly arrived: boolean
}

interface SessionUnderWay {
  /** Its turns that are due and have not started. */
  readonly due: WaitingArrival[]
  /** True when its first turn was dropped, and so all of it. */
  dropped: boolean
  /** Called when a turn is due, or the run stops. */
  wake: (() => void) | undefined
}

/** Knows which turns of a trace wait for an earlier one of their session. */
export class TraceSessions {
  private readonly play: TracePlay
  private readonly control: Control
  /** Called for a turn that is due and will not start. */
  private readonly dropped: (arrival: WaitingArrival) => void
  private readonly underWay = new Map<number, SessionUnderWay>()
  /** Sessions whose last turn has not started. */
  private unfinished = 0
  private whenOver: (() => void) | undefined

  constructor(play: TracePlay, control: Control, dropped: (arrival: WaitingArrival) => void) {
    this.play = play
    this.control = control
    this.dropped = dropped
  }

  /** Takes an arrival that is no first turn: it starts when the turn before it has ended. Returns false for one that begins a session, or stands alone. */
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

  /** Takes note that the first turn of a session was dropped: the others are dropped, too. */
  drop({ turn }: WaitingArrival): void {
    const session = this.underWay.get(this.play.sessionOf(turn))
    if (!session || session.dropped) return
    session.dropped = true
    for (const arrival of session.due.splice(0)) this.dropped(arrival)
    this.leave()
  }

  /**
   * Resolves when the turn after `turn`, which has just ended, may start: it is due, and its delay has passed. Undefined when there is none, or
   * the run stops; those that are due then are dropped.
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
    // Who thinks for a while after a reply is due at the end of it; who does not was due when the trace says.
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

  /** Resolves when the last turns of all sessions have started, or the run was stopped. */
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
