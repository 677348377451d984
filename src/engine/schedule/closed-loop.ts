/** The closed loop: a number of users, each starting its next iteration when the last one ended, or at its own pace. */
import { after, nextTurn, now } from '../../clock.ts'
import type { ClosedLoad } from '../../load/executor.ts'
import type { IterationOutcome } from '../../metrics/counts/iterations.ts'
import { type Control, TIMER_SLACK_MS } from './control.ts'
import type { ScheduledUser } from './scheduled-user.ts'
import type { Users } from './users.ts'

/** Interval in ms at which a phase compares the number of users at work with the number that its load asks for. */
const LOOK_MS = 10
/** Users that start within this time of a phase's beginning, in ms, are due at the beginning itself. */
const STARTING_MS = 100
/** Longest pause in ms after an iteration that never waited for anything: without it, steps that send nothing would block the event loop. */
const BREATH_MS = 1
/** Longest time in ms for which users are launched without a look at what has arrived at the sockets. */
const SLICE_MS = 2

/**
 * Why planned iterations never started. `budget`: the phase ended before its number of iterations was reached; `late`: their user still
 * waited for a reply when the phase ended; `busy`: no user was free; `behind`: burn itself was too late; `stopped`: the run was stopped early.
 */
export type DropReason = 'budget' | 'late' | 'busy' | 'behind' | 'stopped'

/** What the closed loop reports, and what it asks. */
interface TurnEvents {
  /** Called for planned iterations that never started, with the reason. */
  dropped(phase: number, count: number, why: DropReason): void
  /** Returns the number of the next iteration in the run, from 0. */
  nextIteration(): number
  /** Returns how long a user pauses because its target cannot be reached, in ms; 0 when it can. */
  restMs(user: number, phase: number): number
}

interface ClosedPhase {
  readonly load: ClosedLoad
  readonly index: number
  readonly startAt: number
  readonly endAt: number
  /** Iterations left of its budget, that of all users together. */
  left: number
  /** Ranks that have made all their iterations, in a phase of per-user budgets. */
  readonly done: Set<number>
}

/** The progress of one user. */
interface Turn {
  /** When its next iteration is due by the timetable, on the monotonic clock. */
  planned: number
  /** When it is due: later than planned by as much of its lateness as waits on purpose have caused, which later turns make up for. */
  due: number
  /** When it became free. */
  freeAt: number
  /** Iterations that it has made in this phase. */
  round: number
}

/** Runs the phases that keep a number of users at work, one phase at a time. Users work on from one such phase into the next. */
export class ClosedLoop {
  private readonly users: Users
  private readonly control: Control
  private readonly events: TurnEvents
  private phaseNow: ClosedPhase | undefined
  /** Ranks of the users at work: the user of rank r works while the load asks for more than r users. */
  private readonly ranks = new Set<number>()
  /** Every rank below this one is at work or done: the look for users to launch begins here, as looking at a million of them takes longer than a look may. */
  private allBelow = 0
  private lastFreeAt = Number.NEGATIVE_INFINITY
  private readonly clockwork = new LoopTurns()
  private readonly breath = new Breath()
  private whenIdle: (() => void) | undefined

  constructor(users: Users, control: Control, events: TurnEvents) {
    this.users = users
    this.control = control
    this.events = events
  }

  /** Runs one phase; resolves with the moment of its end. Users that the next closed phase needs as well go on without a pause. */
  async phase(load: ClosedLoad, index: number, startAt: number): Promise<number> {
    const endAt = load.lengthMs === undefined ? Number.POSITIVE_INFINITY : startAt + load.lengthMs
    const phase: ClosedPhase = { load, index, startAt, endAt, left: budgetOf(load), done: new Set() }
    this.phaseNow = phase
    this.allBelow = 0
    while (this.control.state === 'running' && now() < endAt) {
      if (!this.fill(phase)) {
        await new Promise<void>((resolve) => nextTurn(resolve))
        continue
      }
      if (this.exhausted(phase)) return Math.min(endAt, Math.max(startAt, this.lastFreeAt))
      await Promise.race([this.control.sleepUntil(Math.min(endAt, now() + LOOK_MS)), this.idle(load)])
    }
    if (this.control.state !== 'running') return Math.min(endAt, this.control.stoppedAt)
    if (isBounded(load)) this.drop(phase, phase.left, 'budget')
    return endAt
  }

  /** Ends the phase: users stop after their iteration, unless another closed phase has begun by then. */
  leave(): void {
    this.phaseNow = undefined
  }

  private exhausted({ load }: ClosedPhase): boolean {
    return isBounded(load) && this.ranks.size === 0
  }

  /** Resolves when no user is at work any more; never when only time ends the phase. */
  private idle(load: ClosedLoad): Promise<void> {
    return new Promise((resolve) => {
      this.whenIdle = isBounded(load) ? resolve : undefined
    })
  }

  private headCount(phase: ClosedPhase): number {
    return phase.load.usersAt(now() - phase.startAt)
  }

  /** Launches the users that the load asks for. Returns false when that takes longer than a slice, and more are to come. */
  private fill(phase: ClosedPhase): boolean {
    const headCount = this.headCount(phase)
    const until = now() + SLICE_MS
    for (; this.allBelow < headCount && phase.left > 0; this.allBelow += 1) {
      if (this.ranks.has(this.allBelow) || phase.done.has(this.allBelow)) continue
      if (now() > until) return false
      this.launch(this.allBelow)
    }
    return true
  }

  private launch(rank: number): void {
    this.ranks.add(rank)
    this.users.launch(
      (user) => this.work(user, rank),
      () => {
        this.ranks.delete(rank)
        if (!this.phaseNow?.done.has(rank)) this.allBelow = Math.min(this.allBelow, rank)
        this.lastFreeAt = now()
        if (this.ranks.size === 0) this.whenIdle?.()
      },
    )
  }

  private async work(user: ScheduledUser, rank: number): Promise<void> {
    const at = now()
    let phase = this.phaseNow
    const due = phase ? firstDue(phase, rank, at) : at
    const turn: Turn = { planned: due, due, freeAt: at, round: 0 }
    if (turn.due > at && !(await this.control.sleepUntil(turn.due))) return
    while (phase && this.wants(phase, rank, turn)) {
      const before = this.clockwork.turn
      phase.left -= 1
      const iteration = this.events.nextIteration()
      this.users.ended(await this.iterate(user, phase, turn, iteration), phase.index, iteration)
      turn.round += 1
      advance(turn, phase.load, user.injectedMs, user.dueNext + this.events.restMs(user.id, phase.index))
      if (this.clockwork.turn === before) await this.breath.over()
      if (turn.due > turn.freeAt && !(await this.control.sleepUntil(turn.due))) break
      if (!this.phaseNow) break
      if (phase !== this.phaseNow) turn.round = 0
      phase = this.phaseNow
    }
    if (phase) this.dropLate(phase, rank, turn)
  }

  /** With a pace, the time that the user was still busy after `due` counts as `queue_wait`; all other lateness is the generator's lag. */
  private iterate(user: ScheduledUser, phase: ClosedPhase, { due, freeAt }: Turn, iteration: number): Promise<IterationOutcome> {
    const queueWaitMs = phase.load.pacePerSecond === undefined ? 0 : Math.max(0, freeAt - due)
    this.users.counts.planned += 1
    return user.iterate({
      intended: due,
      queueWaitMs,
      phase: phase.index,
      iteration,
    })
  }

  private wants(phase: ClosedPhase, rank: number, { due, round }: Turn): boolean {
    if (this.control.state !== 'running' || due >= phase.endAt || phase.left <= 0) return false
    const { iterationsPerUser } = phase.load
    if (iterationsPerUser !== undefined && round >= iterationsPerUser) {
      phase.done.add(rank)
      return false
    }
    return this.headCount(phase) > rank
  }

  /** Late iterations: due while their user was still busy, and the phase ended before they could start. Counted as dropped, so that a slow target shows. */
  private dropLate(phase: ClosedPhase, rank: number, { due, round }: Turn): void {
    const { pacePerSecond, iterationsPerUser = Number.POSITIVE_INFINITY } = phase.load
    if (pacePerSecond === undefined || this.headCount(phase) <= rank) return
    const endAt = Math.min(phase.endAt, this.control.state === 'running' ? now() : this.control.stoppedAt - TIMER_SLACK_MS)
    const late = Math.ceil(((endAt - due) * pacePerSecond) / 1000)
    const count = Math.min(late, phase.left, iterationsPerUser - round)
    this.drop(phase, count, 'late')
  }

  private drop(phase: ClosedPhase, count: number, why: DropReason): void {
    if (count <= 0) return
    phase.left -= count
    this.users.counts.planned += count
    this.users.counts.dropped += count
    this.events.dropped(phase.index, count, why)
  }
}

/** Iterations of all users together; Infinity when only time ends the phase. */
function budgetOf({ sharedIterations, iterationsPerUser = Number.POSITIVE_INFINITY, maxUsers }: ClosedLoad): number {
  return sharedIterations ?? (maxUsers === 0 ? Number.POSITIVE_INFINITY : iterationsPerUser * maxUsers)
}

const isBounded = (load: ClosedLoad) => load.sharedIterations !== undefined || load.iterationsPerUser !== undefined

/**
 * Moves a turn on to the user's next iteration. With a pace it is planned one interval after the last one, so that an iteration which took too
 * long makes the next ones late, and response_time shows it; lateness for which `injectedMs` of waits on purpose account is left out. Without
 * a pace it is due at `overAt`, when the last iteration was over and the rest after a failed connect has passed.
 */
function advance(turn: Turn, { pacePerSecond }: ClosedLoad, injectedMs: number, overAt: number): void {
  const owed = turn.due - turn.planned + injectedMs
  turn.freeAt = now()
  turn.planned = pacePerSecond === undefined ? overAt : turn.planned + 1000 / pacePerSecond
  const lateMs = pacePerSecond === undefined ? 0 : Math.max(0, turn.freeAt - turn.planned)
  turn.due = turn.planned + Math.min(lateMs, owed)
}
/** When a user's first iteration is due. With a pace, users begin spread over one interval, so that they do not all send at once. */
function firstDue({ load, startAt }: ClosedPhase, rank: number, at: number): number {
  const { pacePerSecond } = load
  if (pacePerSecond === undefined) return at
  // Users that begin with the phase are due from its start, however long it took to create them.
  const from = at - startAt < STARTING_MS ? startAt : at
  return from + (load.beginsAfter(rank) * 1000) / pacePerSecond
}

/** Counts turns of the event loop; it costs nothing while nobody reads the count. */
class LoopTurns {
  private count = 0
  private armed = false

  get turn(): number {
    if (!this.armed) nextTurn(() => this.tick())
    this.armed = true
    return this.count
  }

  private tick(): void {
    this.armed = false
    this.count += 1
  }
}

/** The pause of all users whose iteration waited for nothing; one timer ends it for those who are in it. */
class Breath {
  private pause: Promise<void> | undefined

  /** Resolves when the pause under way is over; begins one when there is none. */
  over(): Promise<void> {
    this.pause ??= new Promise((resolve) => {
      after(BREATH_MS, () => {
        this.pause = undefined
        resolve()
      })
    })
    return this.pause
  }
}
