/** Runs a plan: phases in order without draining between, then the drain, then the end. Knows no protocol by name. */
import { now, wallAnchor } from '../clock.ts'
import type { ConnectionEvents } from '../connectors/connector.ts'
import { Recorder } from '../metrics/recorder.ts'
import { createRandom } from '../random.ts'
import type { Plan, PlannedStep } from '../scenario/plan.ts'
import { ClosedLoop } from './closed-loop.ts'
import type { Control } from './control.ts'
import { Health, type SelfSeen } from './health.ts'
import { asidePhase, layoutOf } from './layout.ts'
import { OpenLoop } from './open-loop.ts'
import type { IterationOutcome, RunContext, SettledAttempt } from './run-context.ts'
import { Session } from './session.ts'
import type { Variables } from './user-scope.ts'
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
  startedWall: number
  /** Monotonic ms. */
  startedAt: number
  endedAt: number
  readonly phaseTimes: PhaseTimes[]
  /** Index of the phase under way; phases.length while draining. */
  phase: number
  readonly users: () => number
  readonly queued: () => number
  readonly health: () => SelfSeen
  /** Templates and conditions that failed outside of any attempt, and how often. */
  readonly faults: ReadonlyMap<string, number>
  /** Why setup ended the run before it began; undefined when it did not. */
  setupFailure: string | undefined
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
  private readonly shared: Variables = {}
  private readonly faults = new Map<string, number>()
  private readonly runContext: RunContext
  private iterations = 0
  private rotatedAt: number

  constructor(plan: Plan, control: Control, options: RunOptions) {
    this.plan = plan
    this.control = control
    this.options = options
    this.recorder = new Recorder(layoutOf(plan))
    const context = this.context()
    this.runContext = context
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
      faults: this.faults,
      setupFailure: undefined,
    }
  }

  private context(): RunContext {
    return {
      plan: this.plan,
      control: this.control,
      recorder: this.recorder,
      connectionEvents: connectionEvents(this.recorder),
      mockOrigins: this.options.mockOrigins,
      keepsBodies: this.plan.readsReplyJson || this.plan.conversation.id !== undefined,
      shared: this.shared,
      nextRows: () => ({}),
      scenarioFault: (message) => {
        this.faults.set(message, (this.faults.get(message) ?? 0) + 1)
        this.recorder.localFailures.set('local_scenario', (this.recorder.localFailures.get('local_scenario') ?? 0) + 1)
      },
      settled: (attempt) => this.settled(attempt),
    }
  }

  private settled(attempt: SettledAttempt): void {
    const inWindow = !(attempt.exchange.endedAt > this.control.stoppedAt)
    this.recorder.settled(attempt.exchange, attempt.place, attempt.checks, inWindow)
    this.options.onSettled?.(attempt, this.state)
  }

  async run(): Promise<RunState> {
    await this.setUp()
    this.begin()
    const seconds = this.everySecond()
    try {
      await this.runPhases()
      this.control.stop('finished')
      await this.drain()
      await this.aside(this.plan.teardown, 1)
    } finally {
      clearTimeout(seconds.timer)
      await this.users.close()
      this.rotate()
      this.health.stop()
    }
    if (this.users.bug) throw this.users.bug
    return this.state
  }

  /** Setup comes before time zero: nothing of it is in any number of the load. */
  private async setUp(): Promise<void> {
    if (this.plan.setup.length === 0 || this.control.state !== 'running') return
    const { outcome, variables } = await this.aside(this.plan.setup, 0)
    const known = new Set(['user', 'vu', 'iteration', 'model', 'run', 'reply', 'conversation', 'message'])
    for (const [name, value] of Object.entries(variables)) if (!known.has(name)) this.shared[name] = value
    if (outcome === 'completed') return
    const [worst] = this.recorder.errors.toResult(this.state.startedAt)
    this.state.setupFailure = `setup failed${worst ? ` at ${worst.step}: ${worst.class}: ${worst.sample}` : ''}`
    this.control.stop('finished')
  }

  private async aside(steps: readonly PlannedStep[], which: 0 | 1): Promise<{ outcome: IterationOutcome; variables: Variables }> {
    if (steps.length === 0) return { outcome: 'completed', variables: {} }
    const session = new Session(this.runContext, -1 - which)
    const phase = asidePhase(this.plan, which)
    try {
      return await session.iterateAside({ intended: now(), lagMs: 0, queueWaitMs: 0, phase, iteration: 0, aside: true }, steps)
    } finally {
      await session.close()
    }
  }

  /** Time zero. */
  private begin(): void {
    this.state.startedAt = now()
    this.state.startedWall = wallAnchor() + this.state.startedAt
    this.rotatedAt = this.state.startedAt
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
  return { step: 0, phase, target: 0, group: 0 }
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
