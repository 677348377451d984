import { after, nextTurn, now } from '../../clock.ts'
import type { Control } from './control.ts'

/**
 * Longest time in ms for which arrivals are started without letting the event loop read from the sockets, where replies free the users that the next
 * arrivals need.
 */
const SLICE_MS = 1

/** Callbacks for the arrivals of a timetable. */
interface TimetableEvents {
  /** Called once per turn of the event loop, before the arrivals that are due are handled. */
  turn(): void
  /**
   * Called for an arrival that was due at `intended` and is handled at `noticedAt` (both monotonic ms). Returns false when the arrival has to wait
   * for the next turn of the event loop; the function is called for it again then.
   */
  due(intended: number, noticedAt: number): boolean
}

/**
 * The timetable of one open phase (an arrival rate): it calls `due` for each arrival when that arrival is due. One timer waits for the next arrival;
 * all arrivals that are due when it fires are handled together.
 */
export class Timetable {
  private readonly control: Control
  private readonly arrivals: Iterator<number, undefined>
  private readonly startAt: number
  private readonly endAt: number
  private readonly events: TimetableEvents
  private next: IteratorResult<number, undefined>
  /** When the next arrival is due (monotonic ms); after the last arrival, the end of the phase. */
  private nextAt = 0

  /**
   * Makes the timetable of one open phase. `arrivals` are the times at which iterations start, in ms since `startAt`. The phase lasts from `startAt`
   * to `endAt` (both monotonic ms).
   */
  constructor(control: Control, arrivals: Iterator<number, undefined>, startAt: number, endAt: number, events: TimetableEvents) {
    this.control = control
    this.arrivals = arrivals
    this.startAt = startAt
    this.endAt = endAt
    this.events = events
    this.next = arrivals.next()
    this.setNextAt()
  }

  /**
   * Calls `events.due` for each arrival and resolves when the phase ends or the run stops. Rejects with an error that a callback in `events` throws.
   */
  async run(): Promise<void> {
    let stopTimer = () => {}
    let unsubscribe = () => {}
    const ended = new Promise<void>((resolve, reject) => {
      const wake = () => {
        if (this.control.state !== 'running') {
          resolve()
          return
        }
        try {
          this.events.turn()
          this.look()
        } catch (error) {
          reject(error)
          return
        }
        const left = this.nextAt - now()
        if (left > 0) stopTimer = after(Math.ceil(left), wake)
        else if (this.next.done) resolve()
        else nextTurn(wake)
      }
      unsubscribe = this.control.onChange(resolve)
      wake()
    })
    try {
      await ended
    } finally {
      stopTimer()
      unsubscribe()
    }
  }

  /** Handles the arrivals that are due now. Those that do not fit into `SLICE_MS` are left to the next turn of the event loop. */
  look(): void {
    const from = now()
    for (let at = from; this.nextAt <= at && at - from <= SLICE_MS && this.goesOn; at = now()) {
      if (!this.events.due(this.nextAt, at)) return
      this.advance()
    }
  }

  private get goesOn(): boolean {
    return !this.next.done && this.control.state === 'running'
  }

  /** Calls `each` with the time of every arrival that was due by `until` and has not been handled. */
  takeUntil(until: number, each: (intended: number) => void): void {
    for (; !this.next.done && this.nextAt <= until; this.advance()) each(this.nextAt)
  }

  private advance(): void {
    this.next = this.arrivals.next()
    this.setNextAt()
  }

  private setNextAt(): void {
    this.nextAt = this.next.done ? this.endAt : this.startAt + this.next.value
  }
}
