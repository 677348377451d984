/** Runs a plan: phases in order without draining between, then the drain, then the end. Knows no protocol by name. */
import { after, now, wallAnchor } from '../clock.ts'
import type { Load } from '../load/executor.ts'
import { Recorder } from '../metrics/recorder.ts'
import { createRandom } from '../random.ts'
import type { Plan } from '../scenario/compile/plan.ts'
import { connectionEvents } from './connection-events.ts'
import { Budgets } from './outcome/budgets.ts'
import { dimensionsOf } from './outcome/dimensions.ts'
import { Health } from './outcome/health.ts'
import { newState, type PhaseTimes, type RunState } from './outcome/run-state.ts'
import { isOver, Resources } from './resources.ts'
import type { RunOptions } from './run-options.ts'
import { ClosedLoop, type DropReason } from './schedule/closed-loop.ts'
import { ConnectPauses } from './schedule/connect-pause.ts'
import type { Control } from './schedule/control.ts'
import { everySecond } from './schedule/every-second.ts'
import { OpenLoop } from './schedule/open-loop.ts'
import { Users } from './schedule/users.ts'
import { runSetupOrTeardown } from './setup-teardown.ts'
import { Quotas } from './user/reply/quotas.ts'
import type { RunContext, SettledAttempt } from './user/run-context.ts'
import { Session } from './user/session.ts'
import { Tagger } from './user/tagger.ts'
import type { Variables } from './user/variables.ts'

/** Longest teardown after a bug has ended the run: nothing is known of the state it finds. */
const BROKEN_TEARDOWN_MS = 30_000

class Runner {
  readonly state: RunState
  private readonly plan: Plan
  private readonly control: Control
  private readonly options: RunOptions
  private readonly recorder: Recorder
  private readonly tagger: Tagger
  private readonly users: Users
  private readonly budgets: Budgets
  private readonly open: OpenLoop
  private readonly closed: ClosedLoop
  private health = new Health()
  private readonly shared: Variables = {}
  private readonly scenarioErrors = new Map<string, number>()
  private readonly connectPauses: ConnectPauses
  private readonly runContext: RunContext
  private resources: Resources | undefined
  private iterations = 0
  private rotatedAt: number
  /** The phase in which the current row began. */
  private rowPhase: string

  constructor(plan: Plan, control: Control, options: RunOptions) {
    this.plan = plan
    this.control = control
    this.options = options
    this.recorder = new Recorder(dimensionsOf(plan))
    this.tagger = new Tagger(plan, this.recorder.tags)
    this.connectPauses = new ConnectPauses(plan.phases)
    const context = this.context()
    this.runContext = context
    const maxUsers = plan.phases.reduce((most, phase) => Math.max(most, phase.load.maxUsers), 0)
    // A phase's open arrivals may overlap with closed users of the phase before, who finish their iteration.
    this.users = new Users(
      maxUsers * 2,
      (id) => new Session(context, id),
      (outcome, phase) => this.recorder.iterationEnded(outcome, phase),
    )
    const nextIteration = () => this.iterations++
    const events = {
      dropped: (phase: number, count = 1, why?: DropReason) =>
        this.recorder.dropped(this.tagger.dimensionsOfDropped(phase), count, why === 'late'),
      nextIteration,
      restMs: context.restMs,
    }
    this.open = new OpenLoop(this.users, control, events)
    this.closed = new ClosedLoop(this.users, control, events)
    this.budgets = new Budgets(plan, this.recorder)
    this.state = newState(plan, this.recorder, this.users, {
      queued: () => this.open.queued,
      health: () => this.health.read(),
      scenarioErrors: this.scenarioErrors,
    })
    this.rotatedAt = this.state.startedAt
    this.rowPhase = this.phaseName()
  }

  private context(): RunContext {
    return {
      plan: this.plan,
      control: this.control,
      recorder: this.recorder,
      tagger: this.tagger,
      connectionEvents: connectionEvents(this.recorder),
      mockOrigins: this.options.mockOrigins,
      keepsBodies: this.plan.readsReplyJson || this.plan.conversation.id !== undefined,
      quotas: new Quotas(this.plan.targets),
      shared: this.shared,
      nextRows: (user) => this.nextRows(user),
      credentials: (target) => this.resources?.credentials(target),
      stopByRule: (step, failureClass) => {
        this.state.stoppedBy ??= { step, class: failureClass }
        this.control.stop('onError')
      },
      onScenarioError: (message) => {
        this.scenarioErrors.set(message, (this.scenarioErrors.get(message) ?? 0) + 1)
      },
      settled: (attempt) => this.settled(attempt),
      restMs: (user, phase) => this.connectPauses.pauseMs(user, phase),
      onRequest: this.options.onRequest,
    }
  }

  private settled(attempt: SettledAttempt): void {
    const inWindow = !(attempt.exchange.endedAt > this.control.stoppedAt)
    this.connectPauses.note(attempt.session, attempt.exchange)
    this.recorder.settled(attempt.exchange, attempt.dimensions, attempt.checks, inWindow)
    if (this.control.state === 'running') this.lookAtBudgets()
    this.options.onSettled?.(attempt, this.state)
  }

  private lookAtBudgets(): void {
    this.state.usedUp = this.budgets.usedUp(now() - this.state.startedAt)
    if (this.state.usedUp) this.control.stop('threshold')
  }

  async run(): Promise<RunState> {
    await this.prepare()
    const { mockOrigins, onSecret = () => {} } = this.options
    this.resources = await Resources.open(this.plan, { mockOrigins, onSecret })
    try {
      return await this.runWith()
    } finally {
      await this.resources.close()
    }
  }

  private async runWith(): Promise<RunState> {
    await this.setUp()
    this.begin()
    const endSeconds = everySecond(this.state.startedAt, () => this.onSecond())
    try {
      await this.runLoad()
      await this.tearDown()
    } finally {
      endSeconds()
      await this.users.close()
      this.rotate()
      this.health.stop()
    }
    if (this.users.bug) throw this.users.bug
    return this.state
  }

  /** Rows for an iteration; undefined when a file has none left, which ends the run. A bad file ends it as well, and is thrown at its end. */
  private nextRows(user: number): Variables | undefined {
    try {
      const rows = this.resources?.nextRows(user) ?? {}
      if (!isOver(rows)) return rows
      if (rows.isFailure) this.state.dataFailure ??= `data.${rows.feeder}: ${rows.why}`
    } catch (error) {
      this.users.bug ??= error
    }
    this.control.stop('data')
    return undefined
  }

  /** What is only loaded when it is first needed would make the first arrivals late. */
  private async prepare(): Promise<void> {
    await Promise.all(this.plan.targets.map(({ connector, options }) => connector.prepare?.(options)))
  }

  /** Setup comes before time zero: nothing of it is in any number of the load. */
  private async setUp(): Promise<void> {
    if (this.plan.setup.length === 0 || this.control.state !== 'running') return
    try {
      const { captured, failures } = await runSetupOrTeardown(this.runContext, 0)
      Object.assign(this.shared, captured)
      if (failures.length === 0) return
      this.state.setupFailure = failures[0]
      this.state.setupTeardownFailures.push(...failures)
    } catch (error) {
      this.users.bug ??= error
    }
    this.control.stop('finished')
  }

  /** The phases and their drain. A bug ends them early, and is thrown when all else is done. */
  private async runLoad(): Promise<void> {
    try {
      await this.runPhases()
    } catch (error) {
      this.users.bug ??= error
      this.control.cancel()
    }
    this.control.stop('finished')
    await this.drain()
  }

  /** Runs whatever happened before: what setup made must not be left behind. Its failures are told, and leave the verdict as it is. */
  private async tearDown(): Promise<void> {
    try {
      const limitMs = this.users.bug === undefined ? undefined : BROKEN_TEARDOWN_MS
      const { failures } = await runSetupOrTeardown(this.runContext, 1, limitMs, this.state.setupFailure !== undefined)
      this.state.setupTeardownFailures.push(...failures)
    } catch (error) {
      this.users.bug ??= error
    }
  }

  /** Time zero. */
  private begin(): void {
    this.health.stop()
    this.health = new Health()
    this.state.startedAt = now()
    this.state.startedWall = wallAnchor() + this.state.startedAt
    this.rotatedAt = this.state.startedAt
    // What setup had under way belongs to no row.
    this.recorder.flights.take(this.rotatedAt)
  }

  private async runPhases(): Promise<void> {
    let startAt = this.state.startedAt
    for (const [index, phase] of this.plan.phases.entries()) {
      if (this.control.state !== 'running') return
      this.state.phase = index
      const times: PhaseTimes = { startAt, endAt: Number.NaN }
      this.state.phaseTimes.push(times)
      // The next phase starts when this one was to end, not when its last timer fired.
      times.endAt = await this.runPhase(phase.load, index, startAt)
      startAt = times.endAt
    }
  }

  private async runPhase(load: Load, index: number, startAt: number): Promise<number> {
    if (load.model === 'closed') return this.closed.phase(load, index, startAt)
    this.closed.leave()
    return this.open.phase(load, index, startAt, createRandom(this.plan.seed, 'arrivals', index))
  }

  /** What is in flight may finish; what still is when the grace is over is cancelled. */
  private async drain(): Promise<void> {
    this.state.phase = this.plan.phases.length
    this.closed.leave()
    this.open.dropWaiting()
    this.recorder.loadOver(this.control.stoppedAt - this.state.startedAt)
    const endGrace = after(this.options.gracefulMs(), () => this.control.cancel())
    const unsubscribe = this.control.onChange(() => this.cancelIfOver())
    this.cancelIfOver()
    await this.users.settled()
    endGrace()
    unsubscribe()
    this.state.endedAt = now()
  }

  private cancelIfOver(): void {
    if (this.control.state === 'over') this.users.cancel()
  }

  private rotate(): void {
    const at = now()
    this.recorder.timeline.rotate(
      this.rotatedAt - this.state.startedAt,
      at - this.rotatedAt,
      this.rowPhase,
      this.users.busy,
      this.recorder.flights.take(at),
    )
    this.rotatedAt = at
    this.rowPhase = this.phaseName()
  }

  private phaseName(): string {
    return this.plan.phases[this.state.phase]?.name ?? 'drain'
  }

  /** A bug found by a session ends the run here. */
  private onSecond(): void {
    this.rotate()
    this.options.onSecond?.(this.state)
    if (this.users.bug) this.control.cancel()
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
