import { now } from '../../clock.ts'
import type { Load } from '../../load/executor.ts'
import { createRandom } from '../../random.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import { ClosedLoop, type DropReason } from './closed-loop.ts'
import type { Control } from './control.ts'
import { DeliveredShape } from './delivered-shape.ts'
import { OpenLoop } from './open-loop.ts'
import type { Users } from './users.ts'

/** When a phase began and ended, on the monotonic clock in ms; `endAt` is NaN until it has ended. */
export interface PhaseTimes {
  startAt: number
  endAt: number
  /** Compares when arrivals were due with when they started; undefined in a closed phase. */
  readonly shape?: DeliveredShape | undefined
}

/** The callbacks of the phases: what they report, and the questions that they ask. */
interface LoadEvents {
  /** Called when a phase begins; `times.endAt` is set when the phase ends. */
  phaseStarted(index: number, times: PhaseTimes): void
  /** Called for `count` planned iterations of a phase that will never start, with the reason. */
  dropped(phase: number, count: number, why: DropReason): void
  /** Called for an arrival that finds the largest number of users that this machine can have at work, in a phase without `maxUsers`. */
  limitReached(): void
  /** Returns how long a user has to pause before its next iteration because connections to its target fail, in ms; 0 for no pause. */
  restMs(user: number, phase: number): number
  /** Returns the number of the next iteration in the run, from 0. */
  nextIteration(): number
}

/** Runs the load phases of a plan one after the other, each by a number of users (closed loop) or by an arrival rate (open loop). */
export class LoadPhases {
  private readonly plan: Plan
  private readonly control: Control
  private readonly events: LoadEvents
  private readonly open: OpenLoop
  private readonly closed: ClosedLoop
  /** For each open phase that has begun, by its index: when its arrivals were due and when they started. */
  private readonly shapes: (DeliveredShape | undefined)[] = []

  /** Makes the phases of a plan ready to run. `mostUsers` is the largest number of users at work in an open phase without `maxUsers`. */
  constructor(plan: Plan, users: Users, control: Control, mostUsers: number, events: LoadEvents) {
    this.plan = plan
    this.control = control
    this.events = events
    const loopEvents = {
      dropped: (phase: number, count: number, why: DropReason) => events.dropped(phase, count, why),
      limitReached: () => events.limitReached(),
      nextIteration: () => events.nextIteration(),
      due: (phase: number, intended: number) => this.shapes[phase]?.arrivalDue(intended),
      started: (phase: number, intended: number, at: number, queueWaitMs: number) =>
        this.shapes[phase]?.arrivalStarted(intended, at, queueWaitMs),
      restMs: (user: number, phase: number) => events.restMs(user, phase),
    }
    this.open = new OpenLoop(users, control, mostUsers, loopEvents)
    this.closed = new ClosedLoop(users, control, loopEvents)
  }

  /** Number of arrivals that were due and wait for a free user. */
  get queued(): number {
    return this.open.queued
  }

  /** Runs all phases from `startAt` on; resolves when the last one is over, or the run was stopped. */
  async run(startAt: number): Promise<void> {
    let phaseStart = startAt
    let last: PhaseTimes | undefined
    for (const [index, { load }] of this.plan.phases.entries()) {
      if (this.control.state !== 'running') return
      const shape = load.model === 'open' ? new DeliveredShape(load, phaseStart) : undefined
      this.shapes[index] = shape
      const times: PhaseTimes = { startAt: phaseStart, endAt: Number.NaN, shape }
      this.events.phaseStarted(index, times)
      // The next phase starts when this one was to end, not when its last timer fired.
      last = times
      times.endAt = await this.runPhase(load, index, phaseStart)
      phaseStart = times.endAt
    }
    if (last && (await this.open.caughtUp())) last.endAt = now()
  }

  private async runPhase(load: Load, index: number, startAt: number): Promise<number> {
    if (load.model === 'closed') return this.closed.phase(load, index, startAt)
    this.closed.leave()
    return this.open.phase(load, index, startAt, createRandom(this.plan.seed, 'arrivals', index))
  }

  /** Ends the load: users stop at the end of their iteration, and arrivals that still wait are dropped. */
  end(): void {
    this.closed.leave()
    this.open.dropWaiting()
  }
}
