/** Runs a plan: phases in order without draining between, then the drain, then the end. Knows no protocol by name. */
import { now, wallAnchor } from '../clock.ts'
import type { ConnectionEvents } from '../connectors/connector.ts'
import { Recorder } from '../metrics/recorder.ts'
import { createRandom } from '../random.ts'
import type { Plan } from '../scenario/plan.ts'
import { ClosedLoop } from './closed-loop.ts'
import type { Control } from './control.ts'
import { Health, type SelfSeen } from './health.ts'
import { layoutOf } from './layout.ts'
import { OpenLoop } from './open-loop.ts'
import type { RunContext, SettledAttempt } from './run-context.ts'
import { Session } from './session.ts'
import { type IterationCounts, Users } from './users.ts'

/** What the caller provides and wants to hear. */
export interface RunOptions {
  readonly mockOrigins: ReadonlyMap<string, string>
  /** Every settled attempt, for the journal. Must not throw. */
  readonly onSettled?: (attempt: SettledAttempt, run: RunState) => void
  /** Once a second while the run lasts, after the second was rotated. */
  readonly onSecond?: (run: RunState) => void
  /** How long attempts in flight may go on; asked when the drain begins, because a signal may shorten it. */
  readonly gracefulMs: () => number
}

export interface PhaseTimes {
  startAt: number
  endAt: number
}

/** The state of a run, readable at any time: a checkpoint and the live view are made from it. */
export interface RunState {
  readonly plan: Plan
  readonly recorder: Recorder
  readonly iterations: IterationCounts
  /** Epoch ms of the start. */
  readonly startedWall: number
  /** Monotonic ms. */
  readonly startedAt: number
  endedAt: number
  readonly phaseTimes: PhaseTimes[]
  /** Index of the phase under way; phases.length while draining. */
  phase: number
  readonly users: () => number
  readonly queued: () => number
  readonly health: () => SelfSeen
}

const SECOND = 1000

class Runner {
  readonly state: RunState
  private readonly plan: Plan
  private readonly control: Control
  private readonly options: RunOptions
  private readonly recorder: Recorder
  private readonly users: Users
  private readonly open: OpenLoop
  private readonly closed: ClosedLoop
  private readonly health = new Health()
  private iterations = 0
  private rotatedAt: number

  constructor(plan: Plan, control: Control, options: RunOptions) {
    this.plan = plan
    this.control = control
    this.options = options
    this.recorder = new Recorder(layoutOf(plan))
    const context = this.context()
    const maxUsers = plan.phases.reduce((most, phase) => Math.max(most, phase.load.maxUsers), 0)
    // A phase's open arrivals may overlap with closed users of the phase before, who finish their iteration.
    this.users = new Users(maxUsers * 2, (id) => new Session(context, id))
    const nextIteration = () => this.iterations++
    this.open = new OpenLoop(this.users, control, { dropped: (phase) => this.recorder.dropped(firstPlace(phase)), nextIteration })
    this.closed = new ClosedLoop(this.users, control, nextIteration)
    this.state = this.newState()
    this.rotatedAt = this.state.startedAt
  }

  private newState(): RunState {
    const startedAt = now()
    return {
      plan: this.plan,
      recorder: this.recorder,
      iterations: this.users.counts,
      startedWall: wallAnchor() + startedAt,
      startedAt,
      endedAt: Number.NaN,
      phaseTimes: [],
      phase: 0,
      users: () => this.users.busy,
      queued: () => this.open.queued,
      health: () => this.health.read(),
    }
  }

  private context(): RunContext {
    return {
      plan: this.plan,
      control: this.control,
      recorder: this.recorder,
      connectionEvents: connectionEvents(this.recorder),
      mockOrigins: this.options.mockOrigins,
      readsReplyJson: this.plan.readsReplyJson,
      settled: (attempt) => this.settled(attempt),
    }
  }

  private settled(attempt: SettledAttempt): void {
    const inWindow = !(attempt.exchange.endedAt > this.control.stoppedAt)
    this.recorder.settled(attempt.exchange, attempt.place, attempt.checks, inWindow)
    this.options.onSettled?.(attempt, this.state)
  }

  async run(): Promise<RunState> {
    const seconds = this.everySecond()
    try {
      await this.runPhases()
      this.control.stop('finished')
      await this.drain()
    } finally {
      clearTimeout(seconds.timer)
      await this.users.close()
      this.rotate()
      this.health.stop()
    }
    if (this.users.bug) throw this.users.bug
    return this.state
  }

  private async runPhases(): Promise<void> {
    let startAt = this.state.startedAt
    for (const [index, phase] of this.plan.phases.entries()) {
      if (this.control.state !== 'running') return
      this.state.phase = index
      const times: PhaseTimes = { startAt, endAt: Number.NaN }
      this.state.phaseTimes.push(times)
      await this.runPhase(index, startAt)
      // The next phase starts when this one was to end, not when its last timer fired; one ended by its budget ends now.
      const planned = phase.load.lengthMs === undefined ? Number.POSITIVE_INFINITY : startAt + phase.load.lengthMs
      times.endAt = Math.min(planned, now())
      startAt = times.endAt
    }
  }

  private async runPhase(index: number, startAt: number): Promise<void> {
    const phase = this.plan.phases[index]
    if (!phase) return
    if (phase.load.model === 'open') {
      this.closed.leave()
      await this.open.phase(phase.load, index, startAt, createRandom(this.plan.seed, 'arrivals', index))
    } else await this.closed.phase(phase.load, index, startAt)
  }

  /** What is in flight may finish; what still is when the grace is over is cut. */
  private async drain(): Promise<void> {
    this.state.phase = this.plan.phases.length
    this.closed.leave()
    this.open.dropWaiting()
    const timer = setTimeout(() => this.control.cut(), this.options.gracefulMs())
    const forget = this.control.onChange(() => this.cutIfOver(timer))
    this.cutIfOver(timer)
    await this.users.settled()
    clearTimeout(timer)
    forget()
    this.state.endedAt = now()
  }

  private cutIfOver(timer: NodeJS.Timeout): void {
    if (this.control.state !== 'over') return
    clearTimeout(timer)
    this.users.cut()
  }

  private rotate(): void {
    const at = now()
    const phase = this.plan.phases[this.state.phase]?.name ?? 'drain'
    this.recorder.timeline.rotate(
      this.rotatedAt - this.state.startedAt,
      at - this.rotatedAt,
      phase,
      this.users.busy,
      this.recorder.inFlight,
    )
    this.rotatedAt = at
  }

  /** Ticks at whole seconds since the start: rows of different runs and shards line up. A bug found by a session ends the run here. */
  private everySecond(): { timer: NodeJS.Timeout } {
    const ticking = { timer: setTimeout(() => {}, 0) }
    const next = () => SECOND - ((now() - this.state.startedAt) % SECOND)
    const tick = () => {
      this.rotate()
      this.options.onSecond?.(this.state)
      if (this.users.bug) this.control.cut()
      ticking.timer = setTimeout(tick, next())
    }
    ticking.timer = setTimeout(tick, next())
    return ticking
  }
}

/** A dropped arrival is an attempt of the first exchange that never was. */
function firstPlace(phase: number) {
  return { step: 0, phase, target: 0 }
}

function connectionEvents(recorder: Recorder): ConnectionEvents {
  const { connections } = recorder
  return {
    opened: (times) => connections.opened(times),
    openFailed: () => connections.openFailed(),
    lost: () => {
      connections.lostInFlight += 1
      connections.closed()
    },
    reconnected: (downMs) => connections.reconnected(downMs),
    closed: () => connections.closed(),
  }
}

/**
 * Runs the plan to its end. Resolves with the final state whatever the target did.
 * @throws whatever is a bug of burn's own; the state seen by `onSecond` holds what was measured until then
 */
export function runPlan(plan: Plan, control: Control, options: RunOptions): { state: RunState; finished: Promise<RunState> } {
  const runner = new Runner(plan, control, options)
  return { state: runner.state, finished: runner.run() }
}
