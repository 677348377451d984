/** The closed loop: a head count of users, each starting its next iteration when the last one ended, or on its own timetable. */
import { now } from '../clock.ts'
import type { ClosedLoad } from '../load/executor.ts'
import type { Control } from './control.ts'
import type { Session } from './session.ts'
import type { Users } from './users.ts'

/** How often the head count is looked at while it may change, in ms. */
const LOOK_MS = 10

interface ClosedPhase {
  readonly load: ClosedLoad
  readonly index: number
  readonly startAt: number
  /** Iterations left of a shared budget. */
  left: number
  ended: boolean
}

export class ClosedLoop {
  private readonly users: Users
  private readonly control: Control
  private readonly nextIteration: () => number
  private phaseNow: ClosedPhase | undefined
  /** Ranks at work: user of rank r works while the head count is above r. */
  private readonly ranks = new Set<number>()

  constructor(users: Users, control: Control, nextIteration: () => number) {
    this.users = users
    this.control = control
    this.nextIteration = nextIteration
  }

  /** Runs one phase; users that the next closed phase still wants go on without a pause. */
  async phase(load: ClosedLoad, index: number, startAt: number): Promise<void> {
    const phase: ClosedPhase = { load, index, startAt, left: load.sharedIterations ?? Number.POSITIVE_INFINITY, ended: false }
    const endAt = load.lengthMs === undefined ? Number.POSITIVE_INFINITY : startAt + load.lengthMs
    this.leave()
    this.phaseNow = phase
    while (this.control.state === 'running' && now() < endAt) {
      this.fill(phase)
      if (this.exhausted(phase)) break
      await this.control.sleepUntil(Math.min(endAt, now() + LOOK_MS))
    }
  }

  /** The phase is over: users stop at the end of their iteration, unless another closed phase has taken its place by then. */
  leave(): void {
    if (this.phaseNow) this.phaseNow.ended = true
    this.phaseNow = undefined
  }

  private exhausted(phase: ClosedPhase): boolean {
    const bounded = phase.load.sharedIterations !== undefined || phase.load.iterationsPerUser !== undefined
    return bounded && this.ranks.size === 0
  }

  private headCount(phase: ClosedPhase): number {
    return phase.load.usersAt(now() - phase.startAt)
  }

  private fill(phase: ClosedPhase): void {
    const wanted = this.headCount(phase)
    for (let rank = 0; rank < wanted; rank += 1) {
      if (!this.ranks.has(rank) && phase.left > 0 && !this.done.has(doneKey(phase, rank))) this.launch(rank)
    }
  }

  /** Ranks that have made all their iterations in a phase of per-user budgets. */
  private readonly done = new Set<string>()

  private launch(rank: number): void {
    this.ranks.add(rank)
    this.users.launch(async (user) => {
      try {
        await this.work(user, rank)
      } finally {
        this.ranks.delete(rank)
      }
    })
  }

  private async work(user: Session, rank: number): Promise<void> {
    let due = now()
    let freeAt = due
    let round = 0
    let phase = this.phaseNow
    while (phase && this.wants(phase, rank, round)) {
      phase.left -= 1
      await this.iterate(user, phase, due, freeAt)
      round += 1
      freeAt = now()
      due = nextDue(phase.load, due, user.dueNext)
      if (due > freeAt && !(await this.control.sleepUntil(due))) return
      if (phase !== this.phaseNow) round = 0
      phase = this.phaseNow
    }
  }

  /** On a timetable, the time that the user was still busy after `due` is the target's doing; all other lateness is ours. */
  private async iterate(user: Session, phase: ClosedPhase, due: number, freeAt: number): Promise<void> {
    const queueWaitMs = phase.load.pacePerSecond === undefined ? 0 : Math.max(0, freeAt - due)
    const lagMs = Math.max(0, now() - due - queueWaitMs)
    this.users.counts.planned += 1
    await this.users.iterate(user, { intended: due, lagMs, queueWaitMs, phase: phase.index, iteration: this.nextIteration() })
  }

  private wants(phase: ClosedPhase, rank: number, round: number): boolean {
    if (this.control.state !== 'running' || phase.ended || phase.left <= 0) return false
    const { iterationsPerUser } = phase.load
    if (iterationsPerUser !== undefined && round >= iterationsPerUser) {
      this.done.add(doneKey(phase, rank))
      return false
    }
    return this.headCount(phase) > rank
  }
}

const doneKey = (phase: ClosedPhase, rank: number) => `${phase.index} ${rank}`

/**
 * With a pace, the user's own timetable: an iteration that took too long makes the next ones late, which response_time shows.
 * Without, the moment the last one was over.
 */
function nextDue(load: ClosedLoad, due: number, overAt: number): number {
  return load.pacePerSecond === undefined ? overAt : due + 1000 / load.pacePerSecond
}
