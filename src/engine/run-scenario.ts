/** Runs one scenario, from its plan to its result. Used by `burn run`, `burn ping`, the wizard and the tests. */
import { type Clock, goBy, now } from '../clock.ts'
import { DEFAULT_BOUNDS, type ValidityBounds } from '../metrics/validity/facts.ts'
import type { Result } from '../result/schema.ts'
import type { Plan } from '../scenario/compile/plan.ts'
import { type AskOptions, scoreReplies } from './ask-judge.ts'
import { type EmbeddedMock, type StartMock, startMocks } from './embedded-mocks.ts'
import { makeReady } from './make-ready.ts'
import { buildResult, type Checkpoint, checkpointInPieces, type ResultContext, thresholdsSoFar } from './outcome/build-result.ts'
import { ThresholdEvaluators } from './outcome/evaluators.ts'
import type { RunState } from './outcome/run-state.ts'
import { type Exit, isSignal } from './outcome/verdict.ts'
import type { RunHooks } from './run-options.ts'
import { runPlan } from './run-plan.ts'
import { Control } from './schedule/control.ts'
import { planToRun } from './share/plan-of-share.ts'

/** The options of `runScenario`; all have defaults. */
interface RunScenarioOptions extends RunHooks {
  /** The id of the run, which the result gets as `runId`; '' by default. */
  readonly runId?: string
  /** The object with which the caller can stop or cancel the run. */
  readonly control?: Control
  /** Starts a mock server for a target with `mock:`; without this function, a plan with such a target cannot run. */
  readonly startMock?: StartMock
  /** Limits on burn's own lateness, beyond which a result counts as degraded or invalid. */
  readonly bounds?: ValidityBounds
  /** Returns how long attempts in flight may go on after the load, in ms; called when it ends. By default, as the scenario says. */
  readonly gracefulMs?: () => number
  /** Which share of the plan this process makes; left out when it makes the whole plan. */
  readonly share?: Plan['share']
  /** The clock of the run; the machine's by default. */
  readonly clock?: Clock
  /** Returns exit codes that do not follow from the measured numbers, such as that of a signal. Called whenever a result is built. */
  readonly exits?: () => readonly Exit[]
  /** Returns true once a signal has ended the load of the whole run, whose exit code another process gives; never by default. */
  readonly isSignalled?: () => boolean
  /** The store of answers that judges gave in earlier runs; left out: every question is asked. */
  readonly known?: AskOptions['known']
  /** False when the caller asks the judge to compare pairs of replies, so that no single replies are scored; true by default. */
  readonly scoresReplies?: boolean
  /** Called after `onOver`, when the judge (the model that scores replies) is about to be asked; `questions` is the number of questions. */
  readonly onJudge?: (questions: number) => void
  /**
   * False where this process makes one share of a run, and its caller evaluates alerts, `stopWhen` and thresholds with `abort` over all shares; true
   * by default.
   */
  readonly decidesLive?: boolean
  /**
   * Waits for the promise of a part of the run, and turns an error of it into an exit code; may call `cancel`. Without this function, the error is
   * thrown.
   */
  readonly supervise?: (finished: Promise<unknown>, cancel: () => void) => Promise<Exit | undefined>
}

/** The outcome of a run that is over: its result, and the state that the result was made from. */
interface FinishedRun {
  readonly result: Result
  readonly state: RunState
}

/**
 * Runs a plan with its embedded mock servers, and resolves with the result, whatever the target does.
 * @throws LocalError when a mock cannot listen. An error by a bug in burn is thrown too, unless the option `supervise` turns it into an exit code
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
  /** The latest checkpoint, finished or not; undefined before the first. */
  private checkpoint: Checkpoint | undefined

  constructor(plan: Plan, mocks: ReadonlyMap<string, EmbeddedMock>, options: RunScenarioOptions) {
    this.plan = planToRun(plan, options.share)
    this.options = options
    this.control = options.control ?? new Control()
    this.origins = new Map([...mocks].map(([name, { url }]) => [name, url]))
  }

  async execute(): Promise<FinishedRun> {
    const { onReady, onOver, gracefulMs = () => this.plan.gracefulMs } = this.options
    const hooks = await makeReady(this.plan, this.origins, this.control)
    onReady?.(this.origins)
    const { state, finished } = runPlan(this.plan, this.control, {
      ...this.options,
      hooks,
      mockOrigins: this.origins,
      gracefulMs,
      onSecond: (run) => this.everySecond(run),
    })
    this.evaluators = new ThresholdEvaluators(this.plan, state.recorder, state, state.share !== undefined)
    const broken = await this.ended(finished)
    await onOver?.(state, this.origins)
    // A signal from here on comes after the load.
    const { exits = () => [] } = this.options
    const stopped = exits().some(isSignal)
    const unasked = broken ? undefined : await this.ended(this.askJudge(state))
    this.checkpoint?.return(undefined)
    return { result: buildResult(state, this.contextOf(state, false, stopped, broken ?? unasked)), state }
  }

  /** Waits for a part of the run, such as its load. Resolves with the exit code if that part failed. */
  private async ended(part: Promise<unknown>): Promise<Exit | undefined> {
    const { supervise } = this.options
    return supervise ? supervise(part, () => this.control.cancel()) : part.then(() => undefined)
  }

  private askJudge(state: RunState): Promise<void> {
    const { startMock, onSecret, onJudge, known, exits = () => [], scoresReplies = true } = this.options
    if (!scoresReplies) return Promise.resolve()
    const interrupted = () => exits().some(isSignal)
    const asked = { startMock, control: this.control, interrupted, known, onQuestions: onJudge }
    return scoreReplies(state, { ...asked, ...(onSecret && { onSecret }) })
  }

  private everySecond(run: RunState): void {
    const atMs = now() - run.startedAt
    const failed = this.evaluators?.feed(atMs)
    const soFar = () => (this.evaluators ? thresholdsSoFar(run, this.evaluators) : [])
    if (this.options.decidesLive !== false) {
      run.alerts.feed(atMs, run.queued)
      if (failed && this.control.state === 'running') this.endFor(failed)
      if (this.control.state === 'running') this.stopIfMet(run, atMs, soFar)
    }
    this.options.onSecond?.(run, () => this.newCheckpoint(run), {
      soFar,
      news: (until) => this.evaluators?.news(until) ?? [],
      end: (threshold) => this.endFor(threshold),
    })
  }

  private endFor(threshold: Plan['thresholds'][number]): void {
    this.control.stop('threshold')
    this.evaluators?.endedBy(threshold)
    this.notes.push(`ended early: ${threshold.name} failed, and has abort: true`)
  }

  private stopIfMet(run: RunState, atMs: number, soFar: () => ReturnType<typeof thresholdsSoFar>): void {
    const news = run.stopWatch.news(atMs, run.queued())
    const met = news && run.stopWatch.take(news, { phase: run.phase, soFar })
    if (met) this.control.stopFor(met.when)
  }

  /** Starts a new checkpoint, and ends an unfinished one before it, because only one at a time can hold the groups of the recorder. */
  private newCheckpoint(run: RunState): Checkpoint {
    this.checkpoint?.return(undefined)
    this.checkpoint = checkpointInPieces(run, this.contextOf(run, true, true))
    return this.checkpoint
  }

  /**
   * Returns the facts for the result. `stopped` is true when a signal came before the load was over; a later signal does not change the exit code of
   * the load.
   */
  private contextOf(state: RunState, isRunning: boolean, stopped: boolean, broken?: Exit): ResultContext {
    const evaluators = this.evaluators ?? new ThresholdEvaluators(this.plan, state.recorder, state, state.share !== undefined)
    const { runId = '', bounds = DEFAULT_BOUNDS, exits = () => [], isSignalled = () => false } = this.options
    const ofLoad = exits().filter((exit) => stopped || !isSignal(exit))
    const ended = broken ? [...ofLoad, broken] : ofLoad
    const wasSignalled = ended.some(isSignal) || isSignalled()
    return { runId, isRunning, evaluators, bounds, notes: this.notes, exits: ended, wasSignalled }
  }
}
