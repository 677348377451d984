/** The open loop: iterations start on an absolute timetable, whatever the target does. */
import { now } from '../../clock.ts'
import type { OpenLoad } from '../../load/executor.ts'
import type { Random } from '../../random.ts'
import type { DropReason } from './closed-loop.ts'
import { type Control, TIMER_SLACK_MS } from './control.ts'
import { LateArrivals } from './late-arrivals.ts'
import { type WaitingArrival, WaitingArrivals } from './queue/waiting.ts'
import type { ScheduledUser } from './scheduled-user.ts'
import { Timetable } from './timetable.ts'
import { TraceSessions, type TurnStart } from './trace-sessions.ts'
import type { Users } from './users.ts'

/** So many users are always made when they are needed. */
const FIRST_USERS = 50
/** How many more are made before the replies that have arrived meanwhile are read, which may free the users that there are. */
const NEW_USERS_PER_TURN = 4

/** What the open loop reports, and what it asks. */
interface ArrivalEvents {
  /** Called for each arrival that is due, in the order of the timetable. */
  due(phase: number, intended: number): void
  /** Called when the iteration of an arrival starts, at the moment `at`, after it waited `queueWaitMs` for a free user. */
  started(phase: number, intended: number, at: number, queueWaitMs: number): void
  /** Called for an arrival that never starts, with the reason. */
  dropped(phase: number, count: 1, why: DropReason): void
  /** Called for an arrival that finds as many users at work as this machine can have, in a phase that does not say how many. */
  limitReached(): void
  /** Returns the number of the next iteration in the run, from 0. */
  nextIteration(): number
}

/**
 * Runs the phases that start iterations at a rate, one phase at a time. Arrivals without a free user wait, even into the next such phase.
 *
 * Each arrival has its place on an absolute timetable. One that is noticed within `TIMER_SLACK_MS` of it starts at once; one that is noticed
 * later, because burn itself was held up, is late: it starts when `LateArrivals` allows, and its lag shows it.
 *
 * Users are made when they are needed, a few in each turn of the event loop: opening connections delays the reading of replies, and each reply
 * that is read frees a user.
 */
export class OpenLoop {
  private readonly users: Users
  private readonly control: Control
  private readonly events: ArrivalEvents
  private readonly mostUsers: number
  private readonly waiting = new WaitingArrivals()
  private readonly late: LateArrivals
  private active = 0
  /** How many users may be made in this turn of the event loop. */
  private newUsersLeft = 0
  private load: OpenLoad | undefined
  /** That of the phase that runs. */
  private timetable: Timetable | undefined
  /** Number of arrivals that were due in it. */
  private arrivals = 0
  /** The sessions of each phase that plays a trace, by its index. */
  private readonly sessions: TraceSessions[] = []

  /** `mostUsers`: the largest number of users at work in a phase that does not say how many. */
  constructor(users: Users, control: Control, mostUsers: number, events: ArrivalEvents) {
    this.users = users
    this.control = control
    this.mostUsers = mostUsers
    this.events = events
    this.late = new LateArrivals(control, {
      turn: () => {
        this.newUsersLeft = Math.max(1, this.newUsersLeft)
      },
      mayStart: () => this.mayTakeUser(),
      start: (arrival) => this.place({ ...arrival, noticedAt: now() }),
    })
  }

  /** Number of arrivals that have not started although they were due. */
  get queued(): number {
    return this.waiting.size + this.late.size
  }

  /** Runs one phase from `startAt`; resolves with the moment of its end. Arrivals that still wait then stay queued. */
  async phase(load: OpenLoad, phase: number, startAt: number, random: Random): Promise<number> {
    this.load = load
    this.arrivals = 0
    if (load.trace) this.sessions[phase] = new TraceSessions(load.trace, this.control, (arrival) => this.drop(arrival, 'busy'))
    this.serveWaiting()
    const endAt = startAt + load.lengthMs
    const timetable = new Timetable(this.control, load.arrivals(random), startAt, endAt, {
      turn: () => {
        this.newUsersLeft = NEW_USERS_PER_TURN
      },
      due: (intended, noticedAt) => {
        this.late.goBy(load.rateAt(intended - startAt))
        return this.arrive({ phase, intended, noticedAt, turn: load.trace?.turnOf(this.arrivals) ?? -1 })
      },
    })
    this.timetable = timetable
    await timetable.run()
    this.timetable = undefined
    if (this.control.state === 'running') return this.sessionsEnd(phase, endAt)
    this.noticeDue(phase, timetable)
    return Math.min(endAt, this.control.stoppedAt)
  }

  /** Resolves with the end of a phase whose timetable is over: when the last turns of its sessions have started, or the run was stopped. */
  private async sessionsEnd(phase: number, endAt: number): Promise<number> {
    const sessions = this.sessions[phase]
    if (!sessions || this.control.state !== 'running') return endAt
    await sessions.over()
    return Math.max(endAt, this.control.state === 'running' ? now() : this.control.stoppedAt)
  }

  /** Resolves when all late arrivals have started, or may not start any more; with true when that took time. */
  async caughtUp(): Promise<boolean> {
    if (this.late.size === 0) return false
    await this.late.caughtUp()
    return this.control.state === 'running'
  }

  /**
   * Counts arrivals that were due before the run was stopped, and that no timer had started yet, as planned and dropped. Those of the last
   * `TIMER_SLACK_MS` are left out: a timer is allowed to be that late, and else every stop would leave a dropped arrival.
   */
  private noticeDue(phase: number, timetable: Timetable): void {
    timetable.takeUntil(this.control.stoppedAt - TIMER_SLACK_MS, (intended) => {
      this.count(phase, intended)
      this.drop({ phase }, 'stopped')
    })
  }

  /** Takes an arrival that is due. Returns false when it needs a user that may not be made before the next turn. */
  private arrive(arrival: WaitingArrival): boolean {
    const { phase, intended, noticedAt } = arrival
    const isPunctual = noticedAt - intended <= TIMER_SLACK_MS
    if (isPunctual && !this.mayTakeUser()) return false
    this.count(phase, intended)
    this.arrivals += 1
    if (this.sessions[phase]?.takes(arrival)) return true
    if (isPunctual) {
      this.late.punctual(noticedAt)
      this.place(arrival)
    } else if (!this.late.push(arrival)) this.dropArrival(arrival, 'behind')
    return true
  }

  private count(phase: number, intended: number): void {
    this.users.counts.planned += 1
    this.events.due(phase, intended)
  }

  /** Starts an arrival, queues it, or drops it. Arrivals wait only while all users are busy: a user that becomes free takes the oldest. */
  private place(arrival: WaitingArrival): void {
    if (this.mayStart()) {
      this.start(arrival)
      return
    }
    if (this.load?.addsUsers && this.control.state === 'running') this.events.limitReached()
    if (this.control.state !== 'running' || this.load?.whenFull === 'drop' || !this.waiting.push(arrival))
      this.dropArrival(arrival, 'busy')
  }

  private mayStart(): boolean {
    if (this.control.state !== 'running' || !this.load) return false
    const { addsUsers, maxUsers } = this.load
    return this.active < (addsUsers ? this.mostUsers : maxUsers)
  }

  /** False while an arrival needs a new user, and enough were made in this turn. */
  private mayTakeUser(): boolean {
    return this.users.hasIdle || this.newUsersLeft > 0 || this.users.made < FIRST_USERS || !this.mayStart()
  }

  /** Drops an arrival, and with it the later turns of its session. */
  private dropArrival(arrival: WaitingArrival, why: DropReason): void {
    this.drop(arrival, why)
    this.sessions[arrival.phase]?.drop(arrival)
  }

  private drop({ phase }: Pick<WaitingArrival, 'phase'>, why: DropReason): void {
    this.users.counts.dropped += 1
    const { reason } = this.control
    this.events.dropped(phase, 1, reason === undefined || reason === 'finished' ? why : 'stopped')
  }

  private start(arrival: WaitingArrival, queueWaitMs = 0): void {
    this.active += 1
    if (!this.users.hasIdle) this.newUsersLeft -= 1
    this.users.launch(
      (user) => this.iterate(user, arrival, queueWaitMs),
      () => {
        this.active -= 1
        this.serveWaiting()
        this.timetable?.look()
      },
    )
  }

  private async iterate(user: ScheduledUser, { phase, intended, turn }: WaitingArrival, queueWaitMs: number): Promise<void> {
    const iteration = this.events.nextIteration()
    this.events.started(phase, intended, now(), queueWaitMs)
    const start = { intended, queueWaitMs, phase, iteration }
    const sessions = this.sessions[phase]
    if (!sessions) {
      this.users.ended(await user.iterate(start), phase, iteration)
      return
    }
    this.users.ended(await user.iterate({ ...start, turn }), phase, iteration)
    for (let next = await sessions.after(turn); next; next = await sessions.after(next.turn)) await this.goOn(user, phase, next)
  }

  /** Starts a later turn of a session. */
  private async goOn(user: ScheduledUser, phase: number, next: TurnStart): Promise<void> {
    const { turn, intended, queueWaitMs, arrived } = next
    const iteration = this.events.nextIteration()
    if (arrived) this.events.started(phase, intended, now(), queueWaitMs)
    else this.users.counts.planned += 1
    this.users.ended(await user.iterate({ intended, queueWaitMs, phase, iteration, turn, goesOn: true }), phase, iteration)
  }

  private serveWaiting(): void {
    while (this.mayStart()) {
      const arrival = this.waiting.shift()
      if (!arrival) return
      this.start(arrival, now() - arrival.noticedAt)
    }
  }

  /** Drops all arrivals that have not started: the load is over. */
  dropWaiting(): void {
    for (let arrival = this.waiting.shift(); arrival; arrival = this.waiting.shift()) this.dropArrival(arrival, 'busy')
    for (let arrival = this.late.shift(); arrival; arrival = this.late.shift()) this.dropArrival(arrival, 'behind')
  }
}
