/** The closed loop: a number of users, each starting its next iteration when the last one ended, or at its own pace. */
import { after, nextTurn, now } from '../../clock.ts'
import type { ClosedLoad } from '../../load/executor.ts'
import type { IterationOutcome } from '../../metrics/counts/iterations.ts'
import { type Control, TIMER_SLACK_MS } from './control.ts'
import type { ScheduledUser } from './scheduled-user.ts'
import type { Users } from './users.ts'

/** How often, in ms, a phase compares the number of users at work with the number that its load asks for. */
const LOOK_MS = 10
/** Users that start within this time after the beginning of a phase, in ms, count as due at the beginning itself. */
const STARTING_MS = 100
/** Longest pause after an iteration that never waited for anything, in ms. Without the pause, steps that send nothing would block the event loop. */
const BREATH_MS = 1
/** Longest time in ms for which users are started without letting the event loop read from the sockets. */
const SLICE_MS = 2

/**
 * Why a planned iteration never started. In a closed load (a number of users): `budget`, the phase ended before its number of iterations was
 * reached; `late`, the user was still busy with an earlier iteration when the phase ended. In an open load (an arrival rate): `busy`, no user was
 * free; `behind`, burn itself was too slow to start the iteration in time. In both: `stopped`, the run was stopped early.
 */
export type DropReason = 'budget' | 'late' | 'busy' | 'behind' | 'stopped'

/** The callbacks of the closed loop: what it reports, and the questions that it asks. */
interface TurnEvents {
  /** Called for planned iterations that will never start. `why` is the reason. */
  dropped(phase: number, count: number, why: DropReason): void
  /** Returns the number of the next iteration in the run, from 0. */
  nextIteration(): number
  /** Returns how long a user has to pause before its next iteration because connections to its target fail, in ms; 0 for no pause. */
  restMs(user: number, phase: number): number
}

interface ClosedPhase {
  readonly load: ClosedLoad
  readonly index: number
  readonly startAt: number
  readonly endAt: number
  /** Number of iterations that may still start in this phase, of all users together; Infinity when only time ends the phase. */
  left: number
  /** Ranks of the users that have made all their iterations, in a phase that plans a number of iterations for each user. */
  readonly done: Set<number>
}

/** The progress of one user in a phase of the closed loop. */
interface UserProgress {
  /** When the user's next iteration is due by the timetable (monotonic ms). */
  planned: number
  /**
   * When the next iteration counts as due (monotonic ms): `planned`, or later when waits that burn injected have delayed the user. Later iterations
   * make up for the delay.
   */
  due: number
  /** When the user's last iteration ended (monotonic ms), so that the next may start. */
  freeAt: number
  /** Number of iterations that the user has made in this phase. */
  round: number
}

/**
 * Runs the closed phases of a load, which keep a number of users at work, one phase at a time. Users that are also needed in the next closed phase
 * go on without a break.
 */
export class ClosedLoop {
  private readonly users: Users
  private readonly control: Control
  private readonly events: TurnEvents
  private phaseNow: ClosedPhase | undefined
  /** Ranks of the users at work. The user with rank r works as long as the load asks for more than r users. */
  private readonly ranks = new Set<number>()
  /**
   * All ranks below this one are at work or have finished. The search for users to start begins here, because looking at a million ranks would take
   * too long.
   */
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

  /** Runs one phase; resolves with the moment of its end. Users that the next closed phase also needs go on without a pause. */
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

  /** Resolves when no user is at work any more, in a phase with a bounded number of iterations; never in a phase that only time ends. */
  private idle(load: ClosedLoad): Promise<void> {
    return new Promise((resolve) => {
      this.whenIdle = isBounded(load) ? resolve : undefined
    })
  }

  private headCount(phase: ClosedPhase): number {
    return phase.load.usersAt(now() - phase.startAt)
  }

  /** Starts the users that the load asks for. Returns false when starting them takes longer than `SLICE_MS` and some are left. */
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
    const turn: UserProgress = { planned: due, due, freeAt: at, round: 0 }
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

  /**
   * Starts one iteration of a user. With a pace, the time after `due` in which the user was still busy counts as `queue_wait`; any other lateness is
   * the generator's lag.
   */
  private iterate(
    user: ScheduledUser,
    phase: ClosedPhase,
    { due, freeAt }: UserProgress,
    iteration: number,
  ): Promise<IterationOutcome> {
    const queueWaitMs = phase.load.pacePerSecond === undefined ? 0 : Math.max(0, freeAt - due)
    this.users.counts.planned += 1
    return user.iterate({
      intended: due,
      queueWaitMs,
      phase: phase.index,
      iteration,
    })
  }

  private wants(phase: ClosedPhase, rank: number, { due, round }: UserProgress): boolean {
    if (this.control.state !== 'running' || due >= phase.endAt || phase.left <= 0) return false
    const { iterationsPerUser } = phase.load
    if (iterationsPerUser !== undefined && round >= iterationsPerUser) {
      phase.done.add(rank)
      return false
    }
    return this.headCount(phase) > rank
  }

  /**
   * Counts iterations as dropped that were due while their user was still busy, and could not start before the phase ended. So a slow target shows in
   * the counts.
   */
  private dropLate(phase: ClosedPhase, rank: number, { due, round }: UserProgress): void {
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

/** Number of iterations that the phase may start, of all users together; Infinity when only time ends the phase. */
function budgetOf({ sharedIterations, iterationsPerUser = Number.POSITIVE_INFINITY, maxUsers }: ClosedLoad): number {
  return sharedIterations ?? (maxUsers === 0 ? Number.POSITIVE_INFINITY : iterationsPerUser * maxUsers)
}

const isBounded = (load: ClosedLoad) => load.sharedIterations !== undefined || load.iterationsPerUser !== undefined

/**
 * Computes when the user's next iteration is due. With a pace, that is one interval after the last one was due: an iteration that took too long makes
 * the next ones late, and response_time shows it. Lateness from waits that burn injected (`injectedMs`) is left out. Without a pace, the next one is
 * due at `overAt`, when the last iteration and any pause after a failed connect are over.
 */
function advance(turn: UserProgress, { pacePerSecond }: ClosedLoad, injectedMs: number, overAt: number): void {
  const owed = turn.due - turn.planned + injectedMs
  turn.freeAt = now()
  turn.planned = pacePerSecond === undefined ? overAt : turn.planned + 1000 / pacePerSecond
  const lateMs = pacePerSecond === undefined ? 0 : Math.max(0, turn.freeAt - turn.planned)
  turn.due = turn.planned + Math.min(lateMs, owed)
}
/**
 * Returns when a user's first iteration is due (monotonic ms). With a pace, users begin spread over one interval, so that they do not all send at
 * once.
 */
function firstDue({ load, startAt }: ClosedPhase, rank: number, at: number): number {
  const { pacePerSecond } = load
  if (pacePerSecond === undefined) return at
  // Users that begin with the phase are due at its start, however long it took to create them.
  const from = at - startAt < STARTING_MS ? startAt : at
  return from + (load.beginsAfter(rank) * 1000) / pacePerSecond
}

/** Counts turns of the event loop. Counting costs nothing while nobody reads the count. */
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

/** A short pause, shared by all users whose iteration waited for nothing; a single timer ends it for all of them. */
class Breath {
  private pause: Promise<void> | undefined

  /** Returns a promise that resolves at the end of the pause. Begins a pause if none is under way. */
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
