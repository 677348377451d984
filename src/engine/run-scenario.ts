/** One scenario from its plan to its result: what `burn run`, `burn ping`, the wizard and the tests call. */
import { type Clock, goBy, now } from '../clock.ts'
import type { Exchange } from '../exchange.ts'
import { DEFAULT_BOUNDS, type ValidityBounds } from '../metrics/validity.ts'
import type { Result } from '../result/schema.ts'
import type { Plan } from '../scenario/compile/plan.ts'
import { type EmbeddedMock, type StartMock, startMocks } from './embedded-mocks.ts'
import { buildResult } from './outcome/build-result.ts'
import { ThresholdEvaluators } from './outcome/evaluators.ts'
import type { RunState } from './outcome/run-state.ts'
import type { Exit } from './outcome/verdict.ts'
import { runPlan } from './run-plan.ts'
import { Control } from './schedule/control.ts'
import type { SettledAttempt } from './user/run-context.ts'

/** What the caller wants to hear while the run lasts. None of them may throw. */
export interface RunHooks {
  /** The embedded mocks listen, and the load is about to begin; `origins` by target name. */
  readonly onReady?: (origins: ReadonlyMap<string, string>) => void
  /** Every request as the connector has made it, credentials included, about to be sent. */
  readonly onRequest?: (request: unknown, exchange: Exchange) => void
  /** Every settled attempt. */
  readonly onAttempt?: (attempt: SettledAttempt, run: RunState) => void
  /** Once a second; `checkpoint` makes the result of what there is so far, with status `running`. */
  readonly onSecond?: (run: RunState, checkpoint: () => Result) => void
  /** A token that was got while the run lasts: it must never be written out. */
  readonly onSecret?: (value: string) => void
  /** The load is over, and the embedded mocks still answer. */
  readonly onOver?: (run: RunState, origins: ReadonlyMap<string, string>) => Promise<void> | void
}

export interface RunScenarioOptions extends RunHooks {
  /** Names the run in its result. */
  readonly runId?: string
  /** Stops or cancels the run from outside. */
  readonly control?: Control
  /** Starts the mock of a target that asks for one; without it, such a plan cannot run. */
  readonly startMock?: StartMock
  /** From where on the generator's own lag makes a result degraded or invalid. */
  readonly bounds?: ValidityBounds
  /** How long attempts in flight may go on after the load, in ms; asked when the drain begins. The plan's by default. */
  readonly gracefulMs?: () => number
  /** What the run goes by; the machine's clock by default. */
  readonly clock?: Clock
  /** What ended the run from outside; asked whenever a result is made. */
  readonly exits?: () => readonly Exit[]
  /** Waits for the end of the run, and resolves with what it threw. By default what it throws is thrown. */
  readonly supervise?: (finished: Promise<unknown>, cancel: () => void) => Promise<Exit | undefined>
}

/** A run that is over: its result, and the state that the result was made from. */
export interface FinishedRun {
  readonly result: Result
  readonly state: RunState
}

/**
 * Starts the plan's embedded mocks, runs the load, watches thresholds that may end it, and makes the result. Whatever the target does is in
 * the result. @throws LocalError when a mock cannot listen; what a bug of burn's own throws, unless `supervise` takes it
 */
export async function runScenario(plan: Plan, options: RunScenarioOptions = {}): Promise<FinishedRun> {
  const mocks = await startMocks(plan.targets, options.startMock)
  const goBack = options.clock && goBy(options.clock)
  try {
    return await new ScenarioRun(plan, mocks, options).execute()
  } finally {
    goBack?.()
    await Promise.all([...mocks.values()].map((mock) => mock.close()))
  }
}

class ScenarioRun {
  private readonly plan: Plan
  private readonly options: RunScenarioOptions
  private readonly control: Control
  private readonly origins: ReadonlyMap<string, string>
  private readonly notes: string[] = []
  private evaluators: ThresholdEvaluators | undefined

  constructor(plan: Plan, mocks: ReadonlyMap<string, EmbeddedMock>, options: RunScenarioOptions) {
    this.plan = plan
    this.options = options
    this.control = options.control ?? new Control()
    this.origins = new Map([...mocks].map(([name, { url }]) => [name, url]))
  }

  async execute(): Promise<FinishedRun> {
    const { onReady, onRequest, onAttempt, onSecret, onOver, gracefulMs, supervise } = this.options
    onReady?.(this.origins)
    const { state, finished } = runPlan(this.plan, this.control, {
      mockOrigins: this.origins,
      gracefulMs: gracefulMs ?? (() => this.plan.gracefulMs),
      onSecond: (run) => this.everySecond(run),
      ...(onAttempt && { onSettled: onAttempt }),
      ...(onRequest && { onRequest }),
      ...(onSecret && { onSecret }),
    })
    this.evaluators = new ThresholdEvaluators(this.plan, state.recorder)
    const broken = supervise ? await supervise(finished, () => this.control.cancel()) : await finished.then(() => undefined)
    await onOver?.(state, this.origins)
    return { result: this.resultOf(state, false, broken), state }
  }

  private everySecond(run: RunState): void {
    const abort = this.evaluators?.feed(now() - run.startedAt)
    if (abort && this.control.state === 'running') {
      this.control.stop('threshold')
      this.notes.push(`ended early: ${abort.name} failed, and has abort: true`)
    }
    this.options.onSecond?.(run, () => this.resultOf(run, true))
  }

  private resultOf(state: RunState, isRunning: boolean, broken?: Exit): Result {
    const evaluators = this.evaluators ?? new ThresholdEvaluators(this.plan, state.recorder)
    const { runId = '', bounds = DEFAULT_BOUNDS, exits = () => [] } = this.options
    const ended = broken ? [...exits(), broken] : exits()
    return buildResult(state, { runId, isRunning, evaluators, bounds, notes: this.notes, exits: ended })
  }
}
