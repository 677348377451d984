/** The open loop: iterations start on an absolute timetable, whatever the target does. */
import { now } from '../../clock.ts'
import type { OpenLoad } from '../../load/executor.ts'
import type { Random } from '../../random.ts'
import type { DropReason } from './closed-loop.ts'
import { type Control, TIMER_SLACK_MS } from './control.ts'
import type { Users } from './users.ts'
import { type WaitingArrival, WaitingArrivals } from './waiting.ts'

/** What the open loop reports, and what it asks. */
interface ArrivalEvents {
  /** Called for an arrival that never starts, with the reason. */
  dropped(phase: number, count: 1, why: DropReason): void
  /** Returns the number of the next iteration in the run, from 0. */
  nextIteration(): number
}

/** Runs the phases that start iterations at a rate, one phase at a time. Arrivals without a free user wait, even into the next such phase. */
export class OpenLoop {
  private readonly users: Users
  private readonly control: Control
  private readonly events: ArrivalEvents
  private readonly waiting = new WaitingArrivals()
  private active = 0
  private maxUsers = 0

  constructor(users: Users, control: Control, events: ArrivalEvents) {
    this.users = users
    this.control = control
    this.events = events
  }

  get queued(): number {
    return this.waiting.size
  }

  /** Runs one phase from `startAt`; resolves with the moment of its end. Arrivals that still wait then stay queued. */
  async phase(load: OpenLoad, phase: number, startAt: number, random: Random): Promise<number> {
    this.maxUsers = load.maxUsers
    this.serveWaiting()
    const endAt = startAt + load.lengthMs
    const arrivals = load.arrivals(random)
    let next = arrivals.next()
    while (this.control.state === 'running') {
      const at = now()
      for (; !next.done && startAt + next.value <= at; next = arrivals.next()) this.arrive(load, phase, startAt + next.value, at)
      if (next.done && at >= endAt) return endAt
      await this.control.sleepUntil(next.done ? endAt : startAt + next.value)
    }
    this.noticeDue(load, phase, startAt, arrivals, next)
    return Math.min(endAt, this.control.stoppedAt)
  }

  /**
   * Counts arrivals that were due before the run was stopped, and that no timer had started yet, as planned and dropped. Those of the last
   * `TIMER_SLACK_MS` are left out: a timer is allowed to be that late, and else every stop would leave a dropped arrival.
   */
  private noticeDue(
    load: OpenLoad,
    phase: number,
    startAt: number,
    arrivals: Iterator<number, undefined>,
    from: IteratorResult<number, undefined>,
  ): void {
    for (let next = from; !next.done && startAt + next.value <= this.control.stoppedAt - TIMER_SLACK_MS; next = arrivals.next()) {
      this.arrive(load, phase, startAt + next.value, this.control.stoppedAt)
    }
  }

  /** Starts an arrival, queues it, or drops it. Arrivals wait only while all users are busy: a user that becomes free takes the oldest. */
  private arrive(load: OpenLoad, phase: number, intended: number, noticedAt: number): void {
    this.users.counts.planned += 1
    const running = this.control.state === 'running'
    if (running && this.active < this.maxUsers) this.start({ phase, intended, noticedAt })
    else if (!running || load.whenFull === 'drop' || !this.waiting.push(phase, intended, noticedAt)) this.drop(phase)
  }

  private drop(phase: number): void {
    this.users.counts.dropped += 1
    const { reason } = this.control
    this.events.dropped(phase, 1, reason === undefined || reason === 'finished' ? 'busy' : 'stopped')
  }

  private start(arrival: WaitingArrival, queueWaitMs = 0): void {
    this.active += 1
    const { phase, intended } = arrival
    this.users.launch(
      async (user) => {
        const iteration = this.events.nextIteration()
        await this.users.iterate(user, { intended, queueWaitMs, phase, iteration })
      },
      () => {
        this.active -= 1
        this.serveWaiting()
      },
    )
  }

  private serveWaiting(): void {
    while (this.control.state === 'running' && this.active < this.maxUsers) {
      const arrival = this.waiting.shift()
      if (!arrival) return
      this.start(arrival, now() - arrival.noticedAt)
    }
  }

  /** Drops all arrivals that still wait: the load is over. */
  dropWaiting(): void {
    for (let arrival = this.waiting.shift(); arrival; arrival = this.waiting.shift()) this.drop(arrival.phase)
  }
}
