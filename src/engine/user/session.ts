import { now } from '../../clock.ts'
import { isInjected } from '../../errors.ts'
import type { IterationOutcome } from '../../metrics/counts/iterations.ts'
import { createRandom, type Random } from '../../random.ts'
import type {
  AttemptStep,
  LoopStep,
  Plan,
  PlannedFlow,
  PlannedGroup,
  PlannedStep,
  RequestStep,
} from '../../scenario/compile/plan.ts'
import type { IterationStart, ScheduledUser } from '../schedule/scheduled-user.ts'
import { Attempts, type StepEnd } from './attempts.ts'
import { TargetClient } from './client.ts'
import { Conversation } from './conversation.ts'
import { IterationClock } from './iteration-clock.ts'
import type { RunContext } from './run-context.ts'
import { isScenarioError, Scopes } from './scope.ts'
import type { StepLog } from './step-log.ts'
import type { Variables } from './variables.ts'
import { restore, roundsOf, type StepTaker, takeStep, walk } from './walk.ts'

/** What a user draws random numbers for, apart from templates. */
type StreamPurpose = 'flow' | 'think' | 'retry' | 'prompt' | 'rounds'

/** One simulated user, which runs one iteration at a time and keeps its state between them. Its connections are made when a step first needs them. */
export class Session implements ScheduledUser, StepTaker {
  readonly id: number
  private readonly run: RunContext
  private readonly plan: Plan
  readonly random: Random
  readonly group: PlannedGroup | undefined
  readonly conversation: Conversation
  /** The variables of the present iteration. */
  scope: Variables = {}
  private readonly clients: (TargetClient | undefined)[] = []
  private readonly attempts: Attempts
  /** Records the failures and variables of setup or teardown; undefined in iterations of the load. */
  private log: StepLog | undefined
  private iterationsDone = 0
  private start: IterationStart = { intended: 0, queueWaitMs: 0, phase: 0, iteration: 0 }
  /** When the next step of this iteration is due, on the monotonic clock. */
  private due = 0
  /** The most serious failure so far in this iteration: none, only by an injected `fault`, or one of its `own`. */
  private failure: 'none' | 'fault' | 'own' = 'none'
  private droppedInIteration = false
  private sentInIteration = false
  private firstExchange = true
  /** True when the iteration was ended because it exceeded its time limit. */
  private timedOut = false
  readonly clock: IterationClock
  readonly groupIndex: number
  private readonly scopes: Scopes
  private readonly streams: Partial<Record<StreamPurpose, Random>> = {}

  constructor(run: RunContext, id: number) {
    this.run = run
    this.plan = run.plan
    this.id = id
    this.random = createRandom(run.plan.seed, 'user', id)
    this.conversation = new Conversation(run.plan.conversation)
    const group = createRandom(run.plan.seed, 'group', id).pickWeighted(run.plan.groups)
    this.group = run.plan.groups[group]
    this.clock = new IterationClock(run.control)
    this.groupIndex = Math.max(0, group)
    this.scopes = new Scopes(run, this)
    this.attempts = new Attempts(run, this)
  }

  /** Returns the user's random stream for one purpose. `random` feeds templates; what they draw shifts no other stream. */
  streamOf(purpose: StreamPurpose): Random {
    this.streams[purpose] ??= createRandom(this.plan.seed, purpose, this.id)
    return this.streams[purpose]
  }

  /** Returns this user's client of a target, given by its index in the plan. */
  clientOf(index: number): TargetClient {
    const known = this.clients[index]
    if (known) return known
    const target = this.plan.targets[index]
    if (!target) throw new Error(`the plan has no target ${index}`)
    const client = new TargetClient(target, {
      userId: this.id,
      seed: this.plan.seed,
      baseDir: this.plan.baseDir,
      random: this.random,
      scope: () => this.scope,
      group: this.group,
      conversation: this.conversation,
      conversationPlan: this.plan.conversation,
      events: this.run.connectionEvents(target, this.id),
      mockOrigin: this.run.mockOrigins.get(target.name),
      credentials: this.run.credentials(index),
      relay: this.run.wireFaults?.relay(index),
    })
    this.clients[index] = client
    return client
  }

  /** Returns whether a step of the present iteration has failed, or was dropped by `rateLimit`: what it would have set may be missing. */
  hasFailed(): boolean {
    return this.failure !== 'none' || this.droppedInIteration
  }

  /** Walks through the steps once. Never rejects because of what the target does. */
  iterate(start: IterationStart): Promise<IterationOutcome> {
    return this.walkOnce(start, () => this.pickFlow().steps)
  }

  /** Walks once through the steps of setup or teardown; `log` records the variables they set and which of them failed. */
  async iterateOver(
    start: IterationStart,
    steps: readonly PlannedStep[],
    log: StepLog,
  ): Promise<{ outcome: IterationOutcome; variables: Variables }> {
    this.log = log
    const outcome = await this.walkOnce(start, () => steps)
    return { outcome, variables: { ...this.scope } }
  }

  private async walkOnce(start: IterationStart, pick: () => readonly PlannedStep[]): Promise<IterationOutcome> {
    this.start = start
    this.due = start.intended
    this.failure = start.afterFailedSetup === true ? 'own' : 'none'
    this.droppedInIteration = false
    this.sentInIteration = false
    this.firstExchange = true
    this.timedOut = false
    this.attempts.injectedMs = 0
    this.clock.begin(start.runsToCompletion === true, this.limitOf(start), (afterMs) => this.attempts.timeOut(afterMs))
    try {
      if (!this.beginIteration()) return 'cut'
      const finished = await walk(pick(), this)
      if (this.timedOut) return 'expired'
      if (this.failure !== 'none') return this.failure === 'own' ? 'failed' : 'injected'
      if (this.droppedInIteration && !this.sentInIteration && !start.setupOrTeardown) return 'dropped'
      return finished ? 'completed' : 'cut'
    } catch (error) {
      if (!isScenarioError(error)) throw error
      this.noteScenarioError(error.message)
      return 'faulted'
    } finally {
      this.clock.end()
      this.iterationsDone += 1
    }
  }

  private limitOf(start: IterationStart): number | undefined {
    return start.setupOrTeardown ? start.limitMs : this.plan.iterationMs
  }

  /** When the last iteration ended (monotonic ms); in a closed load, the next one is due then. */
  get dueNext(): number {
    return this.due
  }

  get injectedMs(): number {
    return this.attempts.injectedMs
  }

  /** Connects to the target of the load before the first iteration. Resolves with false when that fails, is aborted or not possible. */
  connectAhead(signal: AbortSignal): Promise<boolean> {
    const [first, ...others] = new Set(this.plan.exchanges.flatMap((step) => (step.setupOrTeardown ? [] : [step.target])))
    return first === undefined || others.length > 0 ? Promise.resolve(false) : this.clientOf(first).connectAhead(signal)
  }

  /** Cancels the attempt in flight. */
  cancel(): void {
    this.attempts.cancel()
  }

  async close(): Promise<void> {
    this.attempts.close()
    await Promise.allSettled(this.clients.map((client) => client?.close()))
  }

  /** Prepares the variables of an iteration. Returns false when a data file has no row left for it. */
  private beginIteration(): boolean {
    if (this.plan.conversation.resetEachIteration && this.start.goesOn !== true) {
      this.conversation.reset()
      for (const client of this.clients) client?.forgetCookies()
    }
    const scope = this.scopes.next(this.start, this.iterationsDone)
    if (!scope) return false
    this.scope = scope
    return true
  }

  private pickFlow(): PlannedFlow {
    const { flows } = this.plan
    const index = flows.length === 1 ? 0 : this.streamOf('flow').pickWeighted(flows)
    const flow = flows[index]
    if (!flow) throw new Error('a plan has at least one flow')
    return flow
  }

  /** Begins a step. Returns false, without beginning it, when the run or the time of the iteration is over. */
  begin(step: PlannedStep): boolean | Promise<boolean> {
    if (this.clock.timedOut) this.timedOut = true
    if (this.timedOut || (this.run.control.state !== 'running' && !this.start.runsToCompletion)) return false
    try {
      return this.take(step)
    } catch (error) {
      return this.skipped(error)
    }
  }

  /** Waits for the end of a step that has begun. Resolves with whether the iteration goes on. */
  async finish(begun: Promise<boolean>): Promise<boolean> {
    try {
      return await begun
    } catch (error) {
      return this.skipped(error)
    }
  }

  /** Skips a step that could not be rendered because an earlier, failed step has not set its variables. Other errors are thrown again. */
  private skipped(error: unknown): true {
    if (!this.hasFailed() || !isScenarioError(error)) throw error
    return true
  }

  private take(step: PlannedStep): boolean | Promise<boolean> {
    switch (step.kind) {
      case 'message':
      case 'request':
        return this.exchange(step)
      case 'delay':
        return this.delay(step.draw(this.streamOf('think')))
      case 'set':
        this.set(step.values.render(this.scope, this.random) as Variables)
        return true
      case 'loop':
        return this.loop(step)
      case 'if':
        return walk(step.condition.test(this.scope) ? step.then : step.else, this)
    }
  }

  async delay(ms: number): Promise<boolean> {
    this.due += ms
    // The time spent waiting for a free user is added, so that it does not shorten the think time of the scenario.
    const woken = await this.clock.sleepUntil(this.due + (this.firstExchange ? this.start.queueWaitMs : 0))
    if (woken === 'timeout') this.timeOut(this.clock.timesOutAt)
    return woken === 'due'
  }

  /** Ends the iteration because of its time limit; `at` is the moment (monotonic ms) at which the user's next iteration is due. */
  private timeOut(at: number): void {
    this.timedOut = true
    this.due = at
  }

  private set(values: Variables): void {
    Object.assign(this.scope, values)
    if (this.log) for (const name of Object.keys(values)) this.log.written.add(name)
  }

  private noteScenarioError(message: string): void {
    if (this.log) this.log.failures.push({ step: '', class: 'local_scenario', message })
    else this.run.onScenarioError(message)
  }

  private exchange(step: AttemptStep): Promise<boolean> {
    if (step.kind === 'request' && step.leaves) return this.leave(step)
    const first = this.firstExchange
    this.firstExchange = false
    const restMs = first ? 0 : this.run.restMs(this.id, this.start.phase)
    if (restMs > 0) return this.exchangeAfter(restMs, step)
    return takeStep(step, first, this)
  }

  attempt(step: AttemptStep, first: boolean): Promise<boolean> {
    return this.attempts.take(step, this.start, this.due, first, this.stepEnded)
  }

  private async exchangeAfter(restMs: number, step: AttemptStep): Promise<boolean> {
    return (await this.delay(restMs)) && takeStep(step, false, this)
  }

  /** Takes the outcome of a step into account, and returns whether the iteration goes on. */
  private readonly stepEnded = (step: AttemptStep, { result, endedAt, failure }: StepEnd): boolean => {
    this.due = endedAt
    if (result === 'timeout') this.timeOut(endedAt)
    if (result === 'failed' || result === 'abort') this.failure = this.failure !== 'own' && isInjected(failure) ? 'fault' : 'own'
    if (result === 'dropped') this.droppedInIteration = true
    else if (result !== 'skipped') this.sentInIteration = true
    this.log?.wrote(step, failure)
    return result === 'ok' || result === 'failed' || result === 'skipped' || result === 'dropped'
  }

  /** Closes the connection to the target of a `leaves` step. The time that this takes counts as an injected wait. */
  private async leave(step: RequestStep): Promise<boolean> {
    const from = now()
    const problem = await this.attempts.leave(step, this.due)
    const tookMs = now() - from
    this.due += tookMs
    this.attempts.injectedMs += tookMs
    if (problem !== undefined && this.failure === 'none') this.noteScenarioError(problem)
    return true
  }

  private async loop(step: LoopStep): Promise<boolean> {
    const times = Math.min(step.max, roundsOf(step, this))
    const until = step.forMs === undefined ? Number.POSITIVE_INFINITY : now() + step.forMs
    const outer = this.scope.loop
    const outerIndex = this.scope.index
    try {
      for (let index = 0; index < times && now() < until; index += 1) {
        this.scope.loop = { index, count: index + 1, first: index === 0, last: index + 1 === times }
        this.scope.index = index
        if (step.condition && !step.condition.test(this.scope)) break
        if (!(await walk(step.steps, this))) return false
      }
    } finally {
      restore(this.scope, 'loop', outer)
      restore(this.scope, 'index', outerIndex)
    }
    return true
  }
}
