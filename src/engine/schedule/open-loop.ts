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

/** Number of users that may be made without a limit per turn of the event loop. */
const FIRST_USERS = 50
/** Number of further users that may be made in one turn of the event loop. In between, replies are read, which may free existing users. */
const NEW_USERS_PER_TURN = 4

/** The callbacks of the open loop: what it reports, and the questions that it asks. */
interface ArrivalEvents {
  /** Called for each arrival that is due, in the order of the timetable. */
  due(phase: number, intended: number): void
  /** Called when the iteration of an arrival starts, at the moment `at`, after it waited `queueWaitMs` for a free user. */
  started(phase: number, intended: number, at: number, queueWaitMs: number): void
  /** Called for an arrival that never starts, with the reason. */
  dropped(phase: number, count: 1, why: DropReason): void
  /** Called for an arrival that finds the largest number of users that this machine can have at work, in a phase without `maxUsers`. */
  limitReached(): void
  /** Returns the number of the next iteration in the run, from 0. */
  nextIteration(): number
}

/**
 * Runs the phases of a load that start iterations at a rate, one phase at a time. Each iteration has an exact time in a timetable; it starts then, or
 * later if no user is free or burn itself was held up. Users are made when they are needed, only a few in each turn of the event loop, because
 * opening many connections at once would delay the reading of replies.
 */
export class OpenLoop {
  private readonly users: Users
  private readonly control: Control
  private readonly events: ArrivalEvents
  private readonly mostUsers: number
  private readonly waiting = new WaitingArrivals()
  private readonly late: LateArrivals
  private active = 0
  /** Number of users that may still be made in this turn of the event loop. */
  private newUsersLeft = 0
  private load: OpenLoad | undefined
  /** The timetable of the phase that runs; undefined between phases. */
  private timetable: Timetable | undefined
  /** Number of arrivals of the current phase that were due so far. */
  private arrivals = 0
  /** The sessions of the recorded trace that each phase replays, by the phase's index; none for other phases. */
  private readonly sessions: TraceSessions[] = []

  /** Makes the open loop of a run. `mostUsers` is the largest number of users at work in a phase without `maxUsers`. */
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

  /** Resolves with the end of a phase that replays a trace: when the last turns of its sessions have started, or the run was stopped. */
  private async sessionsEnd(phase: number, endAt: number): Promise<number> {
    const sessions = this.sessions[phase]
    if (!sessions || this.control.state !== 'running') return endAt
    await sessions.over()
    return Math.max(endAt, this.control.state === 'running' ? now() : this.control.stoppedAt)
  }

  /** Resolves when all late arrivals have started or may not start any more: with true if that took time and the run goes on. */
  async caughtUp(): Promise<boolean> {
    if (this.late.size === 0) return false
    await this.late.caughtUp()
    return this.control.state === 'running'
  }

  /**
   * Counts arrivals as planned and dropped that were due before the run was stopped but that no timer had started. Those of the last `TIMER_SLACK_MS`
   * are left out, because timers may be that late: otherwise every stop would drop an arrival.
   */
  private noticeDue(phase: number, timetable: Timetable): void {
    timetable.takeUntil(this.control.stoppedAt - TIMER_SLACK_MS, (intended) => {
      this.count(phase, intended)
      this.drop({ phase }, 'stopped')
    })
  }

  /** Handles an arrival that is due. Returns false when it needs a new user that may not be made before the next turn of the event loop. */
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

  /** Returns false when an arrival would need a new user, and no more may be made in this turn of the event loop. */
  private mayTakeUser(): boolean {
    return this.users.hasIdle || this.newUsersLeft > 0 || this.users.made < FIRST_USERS || !this.mayStart()
  }

  /** Counts an arrival as dropped. When it begins a session of a trace, the later turns of the session are dropped, too. */
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

  /** Starts a later turn of a session (of a replayed trace) with the user of the turn before. */
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

  /** Drops all arrivals that have not started when the load is over. */
  dropWaiting(): void {
    for (let arrival = this.waiting.shift(); arrival; arrival = this.waiting.shift()) this.dropArrival(arrival, 'busy')
    for (let arrival = this.late.shift(); arrival; arrival = this.late.shift()) this.dropArrival(arrival, 'behind')
  }
}
