import { after, nextTurn, now } from '../../clock.ts'
import type { Control } from './control.ts'

/** Longest time in ms for which arrivals are started without a look at what has arrived at the sockets: replies free the users that the next ones need. */
const SLICE_MS = 1

/** What happens to the arrivals of a timetable. */
interface TimetableEvents {
  /** Called when what had arrived at the sockets has been read, before arrivals are taken. */
  turn(): void
  /**
   * Called for an arrival that was due at `intended` and noticed at `noticedAt`, both on the monotonic clock in ms. Returns false when it has to wait
   * for the next turn of the event loop; it is noticed again then.
   */
  due(intended: number, noticedAt: number): boolean
}

/**
 * The times at which the arrivals of one open phase are due. A timer wakes it for the next arrival. Because timers count whole
 * milliseconds, each call of `look` also takes all arrivals that are due by then.
 */
export class Timetable {
  private readonly control: Control
  private readonly arrivals: Iterator<number, undefined>
  private readonly startAt: number
  private readonly endAt: number
  private readonly events: TimetableEvents
  private next: IteratorResult<number, undefined>
  /** When the next arrival is due; when none is left, the end of the phase. */
  private nextAt = 0

  /** `arrivals`: when iterations start, in ms since `startAt`. The phase is from `startAt` to `endAt`. */
  constructor(control: Control, arrivals: Iterator<number, undefined>, startAt: number, endAt: number, events: TimetableEvents) {
    this.control = control
    this.arrivals = arrivals
    this.startAt = startAt
    this.endAt = endAt
    this.events = events
    this.next = arrivals.next()
    this.setNextAt()
  }

  /** Calls `events.due` for each arrival until the phase ends or the run stops; resolves then. Rejects with an error that `events` throw. */
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

  /** Takes the arrivals that are due now; those that do not fit into `SLICE_MS` are left to the next turn of the event loop. */
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

  /** Calls `each` with the time of every arrival that was due by `until` and that nobody has noticed. */
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
