/** The open loop: iterations start on an absolute timetable, whatever the target does. */
import { now } from '../clock.ts'
import type { OpenLoad } from '../load/executor.ts'
import type { Random } from '../random.ts'
import type { Control } from './control.ts'
import type { Session } from './session.ts'
import type { Users } from './users.ts'
import { WaitingArrivals } from './waiting.ts'

/** What the open loop tells about arrivals. */
export interface ArrivalEvents {
  /** An arrival that found all users busy, and was not or could not be kept waiting. */
  dropped(phase: number): void
  /** Hands out the number of the next iteration. */
  nextIteration(): number
}

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

  /** Runs one phase from `startAt` to its end, or until the run stops. Arrivals still waiting then stay queued for the next phase. */
  async phase(load: OpenLoad, phase: number, startAt: number, random: Random): Promise<void> {
    this.maxUsers = load.maxUsers
    const arrivals = load.arrivals(random)
    let next = arrivals.next()
    while (this.control.state === 'running') {
      const at = now()
      for (; !next.done && startAt + next.value <= at; next = arrivals.next()) this.arrive(load, phase, startAt + next.value, at)
      if (next.done && at >= startAt + load.lengthMs) return
      await this.control.sleepUntil(startAt + (next.done ? load.lengthMs : next.value))
    }
    this.noticeDue(load, phase, startAt, arrivals, next)
  }

  /** The run was stopped: what was due by then still counts as planned, what was not is no part of this run. */
  private noticeDue(
    load: OpenLoad,
    phase: number,
    startAt: number,
    arrivals: Iterator<number, undefined>,
    from: IteratorResult<number, undefined>,
  ): void {
    for (let next = from; !next.done && startAt + next.value <= this.control.stoppedAt; next = arrivals.next()) {
      this.arrive(load, phase, startAt + next.value, this.control.stoppedAt)
    }
  }

  private arrive(load: OpenLoad, phase: number, intended: number, noticedAt: number): void {
    this.users.counts.planned += 1
    if (this.control.state === 'running' && this.active < this.maxUsers && this.waiting.size === 0)
      this.start(phase, intended, noticedAt)
    else if (this.control.state !== 'running' || load.whenFull === 'drop' || !this.waiting.push(phase, intended, noticedAt))
      this.drop(phase)
  }

  private drop(phase: number): void {
    this.users.counts.dropped += 1
    this.events.dropped(phase)
  }

  private start(phase: number, intended: number, noticedAt: number): void {
    this.active += 1
    this.users.launch(async (user) => {
      try {
        await this.serve(user, phase, intended, noticedAt)
      } finally {
        this.active -= 1
      }
    })
  }

  /** One user serves its arrival, then whoever waits longest, until nobody waits. */
  private async serve(user: Session, phase: number, intended: number, noticedAt: number): Promise<void> {
    await this.iterate(user, phase, intended, noticedAt, noticedAt)
    while (this.control.state === 'running' && this.active <= this.maxUsers) {
      const arrival = this.waiting.shift()
      if (!arrival) return
      await this.iterate(user, arrival.phase, arrival.intended, arrival.noticedAt, now())
    }
  }

  private async iterate(user: Session, phase: number, intended: number, noticedAt: number, startedAt: number): Promise<void> {
    const iteration = this.events.nextIteration()
    await this.users.iterate(user, {
      intended,
      lagMs: noticedAt - intended,
      queueWaitMs: startedAt - noticedAt,
      phase,
      iteration,
    })
  }

  /** The load is over: whoever still waits will never start. */
  dropWaiting(): void {
    for (let arrival = this.waiting.shift(); arrival; arrival = this.waiting.shift()) this.drop(arrival.phase)
  }
}
