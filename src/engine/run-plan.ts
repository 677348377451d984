/** Runs the load of a plan: the phases one after the other without a drain between them, then the drain. Knows no protocol by name. */
import { after, now, wallAnchor } from '../clock.ts'
import { Recorder } from '../metrics/recorder.ts'
import type { Plan } from '../scenario/compile/plan.ts'
import { connectAhead } from './connect-ahead.ts'
import { dimensionsOf } from './outcome/dimensions.ts'
import { Health } from './outcome/health.ts'
import { RunState } from './outcome/run-state.ts'
import type { RunOptions } from './run-options.ts'
import type { Control } from './schedule/control.ts'
import { everySecond } from './schedule/every-second.ts'
import { LoadPhases } from './schedule/phases.ts'
import { Users } from './schedule/users.ts'
import { runSetupOrTeardown } from './setup-teardown.ts'
import { SharedContext } from './shared-context.ts'
import { Session } from './user/session.ts'

/** Time limit of a teardown after a bug in burn has ended the run, in ms, because the state of the run may be broken. */
const BROKEN_TEARDOWN_MS = 30_000

class Runner {
  readonly state: RunState
  private readonly plan: Plan
  private readonly control: Control
  private readonly options: RunOptions
  private readonly recorder: Recorder
  private readonly context: SharedContext
  private readonly users: Users
  private readonly load: LoadPhases
  private health: Health
  private rotatedAt: number
  /** The phase in which the current row of the timeline began; undefined in the drain. */
  private rowPhase: string | undefined

  constructor(plan: Plan, control: Control, options: RunOptions) {
    this.plan = plan
    this.control = control
    this.options = options
    const recorder = new Recorder(dimensionsOf(plan))
    this.recorder = recorder
    this.health = new Health(recorder.disturbances)
    this.state = new RunState(plan, recorder, {
      users: () => this.users.busy,
      queued: () => this.load.queued,
      health: () => this.health.read(),
      origins: options.mockOrigins,
    })
    this.state.hooks = options.hooks
    const context = new SharedContext(this.state, control, options, (error) => this.onBug(error))
    this.context = context
    this.users = new Users(
      this.state.iterations,
      (made) => new Session(context, context.userNumber(made)),
      (outcome, phase, iteration) => recorder.iterationEnded(outcome, phase, iteration),
    )
    this.load = new LoadPhases(plan, this.users, control, this.state.userLimit.users, {
      phaseStarted: (index, times) => {
        this.state.phase = index
        this.state.phaseTimes.push(times)
      },
      dropped: (phase, count, why) => {
        recorder.dropped(context.tagger.dimensionsOfDropped(phase), count, why === 'late')
        if (plan.phases[phase]?.warmup !== false) return
        if (why === 'stopped') this.state.droppedAtStop += count
        if (why === 'behind') this.state.droppedBehind += count
      },
      limitReached: () => {
        this.state.limitReached += 1
      },
      restMs: (user, phase) => context.restMs(user, phase),
      nextIteration: () => context.nextIteration(),
    })
    this.rotatedAt = this.state.startedAt
    this.rowPhase = this.phaseName()
  }

  private onBug(error: unknown): void {
    this.users.bug ??= error
  }

  async run(): Promise<RunState> {
    await this.prepare()
    this.cancelHealthChecks()
    await this.context.open()
    try {
      return await this.runWith()
    } finally {
      await Promise.all([this.context.close(), this.state.beside.close()])
    }
  }

  private async runWith(): Promise<RunState> {
    await this.checkHealth()
    await this.setUp()
    if (this.control.state === 'running') await connectAhead(this.plan, this.users, this.state.userLimit.users, this.control)
    if (this.control.state === 'running') await this.state.beside.begin()
    this.begin(await this.options.beforeLoad?.(this.context.shared, (secret) => this.context.onSecret(secret)))
    const endBudget = this.context.startBudget()
    const endSeconds = everySecond(this.state.startedAt, () => this.onSecond())
    try {
      await this.runLoad()
      await this.options.afterLoad?.()
      await this.tearDown()
    } finally {
      endBudget()
      endSeconds()
      await this.users.close()
      await this.state.quality?.finish()
      this.rotate()
      this.health.stop()
    }
    if (this.users.bug) throw this.users.bug
    return this.state
  }

  /** Loads in advance the modules that connectors would load at their first request, which would make the first arrivals late. */
  private async prepare(): Promise<void> {
    await Promise.all(this.plan.targets.map(({ connector, options }) => connector.prepare?.(options)))
  }

  /** Makes a signal (such as Ctrl-C) cancel health checks at once, even when the target does not answer them. */
  private cancelHealthChecks(): void {
    const { interrupted } = this.control
    const cancel = () => {
      for (const check of this.state.beside.health) check.cancel()
    }
    if (interrupted.aborted) cancel()
    else interrupted.addEventListener('abort', cancel, { once: true })
  }

  /** Makes the health checks before the load. With `requireHealthy`, a failed check ends the run here: no setup, load or teardown follows. */
  private async checkHealth(): Promise<void> {
    const ill = await this.state.beside.checkHealth()
    if (ill.length === 0 || !this.plan.requireHealthy) return
    this.state.unhealthy = `the target is not well, and the load was not started (requireHealthy): ${ill.join('; ')}`
    this.control.stop('finished')
  }

  /** Runs the setup steps, before the clock of the run starts: none of their attempts is in the numbers of the load. */
  private async setUp(): Promise<void> {
    if (this.plan.setup.length === 0 || this.control.state !== 'running') return
    try {
      const { captured, failures } = await runSetupOrTeardown(this.context, 0)
      Object.assign(this.context.shared, captured)
      if (failures.length === 0) return
      this.state.setupFailure = failures[0]
      this.state.setupTeardownFailures.push(...failures)
    } catch (error) {
      this.onBug(error)
    }
    this.control.stop('finished')
  }

  /** Runs the phases of the load and the drain. An error from a bug in burn ends them early, and is thrown after everything is closed. */
  private async runLoad(): Promise<void> {
    try {
      await this.load.run(this.state.startedAt)
    } catch (error) {
      this.onBug(error)
      this.control.cancel()
    }
    this.control.stop('finished')
    // The requests beside the load end with it; waiting for the last ones coincides with the drain.
    for (const check of this.state.beside.health) void check.finish()
    await this.drain()
    this.state.wireFaults?.stop()
    await this.state.beside.finish()
  }

  /**
   * Runs the teardown steps, however the run went, because they remove what setup made. Their failures become notes of the result, and do not change
   * the verdict.
   */
  private async tearDown(): Promise<void> {
    if (this.state.unhealthy !== undefined) return
    try {
      const limitMs = this.users.bug === undefined ? undefined : BROKEN_TEARDOWN_MS
      const { failures } = await runSetupOrTeardown(this.context, 1, limitMs, this.state.setupFailure !== undefined)
      this.state.setupTeardownFailures.push(...failures)
    } catch (error) {
      this.onBug(error)
    }
  }

  /** Sets time zero of the run to `at` (monotonic ms) and starts everything that counts from it. */
  private begin(at = now()): void {
    this.health.stop()
    this.recorder.disturbances.reset()
    this.health = new Health(this.recorder.disturbances)
    this.state.startedAt = at
    this.state.startedWall = wallAnchor() + this.state.startedAt
    this.state.wireFaults?.start()
    if (this.state.unhealthy === undefined) this.state.beside.start(this.state.startedAt)
    this.rotatedAt = this.state.startedAt
    // The peak in flight during setup belongs to no row of the timeline.
    this.recorder.flights.take(this.rotatedAt)
  }

  /** Waits until the attempts in flight have ended; those that have not when the graceful time is over are cancelled. */
  private async drain(): Promise<void> {
    this.state.phase = this.plan.phases.length
    this.load.end()
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
    this.recorder.endSecond(
      this.rotatedAt - this.state.startedAt,
      at - this.rotatedAt,
      this.rowPhase,
      this.users.busy,
      this.recorder.flights.take(at),
    )
    this.rotatedAt = at
    this.rowPhase = this.phaseName()
  }

  private phaseName(): string | undefined {
    return this.plan.phases[this.state.phase]?.name
  }

  /** Completes the timeline row of the last second, and ends the run if a bug in burn was found. */
  private onSecond(): void {
    this.rotate()
    this.options.onSecond?.(this.state)
    if (this.users.bug) this.control.cancel()
  }
}

/**
 * Starts the load of a plan. Returns the state of the run, which can be read at once, and a promise of the final state, whatever the target
 * does. The promise rejects only for a bug of burn's own; `state` then holds what was measured.
 */
export function runPlan(plan: Plan, control: Control, options: RunOptions): { state: RunState; finished: Promise<RunState> } {
  const runner = new Runner(plan, control, options)
  return { state: runner.state, finished: runner.run() }
}
