import type { CredentialSource } from '../auth/index.ts'
import { now } from '../clock.ts'
import { numberOf, type Share, WHOLE } from '../statistics/parts/share.ts'
import { connectionEvents, hookedEvents } from './connection-events.ts'
import { Budgets } from './outcome/budgets.ts'
import type { RunState } from './outcome/run-state.ts'
import { isOver, Resources } from './resources.ts'
import type { RunOptions } from './run-options.ts'
import { ConnectPauses } from './schedule/connect-pause.ts'
import type { Control } from './schedule/control.ts'
import { RunLimits } from './user/limits/run-limits.ts'
import { CheckTurns } from './user/reply/check-turns.ts'
import { Retention } from './user/reply/retention.ts'
import type { RunContext, SettledAttempt } from './user/run-context.ts'
import { Tagger } from './user/tagger.ts'

type SharedVariables = RunContext['shared']

/**
 * What all users of a run share: the plan, the data rows, rate limits and the like. Users also report here what happens, for instance that an attempt
 * has ended, so that it is recorded.
 */
export class SharedContext implements RunContext {
  readonly plan: RunState['plan']
  readonly recorder: RunState['recorder']
  readonly control: Control
  readonly tagger: Tagger
  readonly mockOrigins: ReadonlyMap<string, string>
  readonly retention: Retention
  readonly limits: RunLimits
  readonly quality: RunContext['quality']
  readonly gradedSample: RunContext['gradedSample']
  readonly checkTurns = new CheckTurns()
  readonly hooks: RunContext['hooks']
  readonly shared: SharedVariables = {}
  readonly onRequest: RunContext['onRequest']
  private readonly counted: ReturnType<typeof connectionEvents>
  private readonly state: RunState
  private readonly options: RunOptions
  private readonly onBug: (error: unknown) => void
  private readonly budgets: Budgets
  private readonly pauses: ConnectPauses
  private readonly hasBudget: boolean
  private readonly share: Share
  /** Number of iterations that have begun. */
  private begun = 0
  private resources: Resources | undefined

  /** Makes the context of a run. `onBug` is called with an unexpected error in reading a data row, which also stops the run. */
  constructor(state: RunState, control: Control, options: RunOptions, onBug: (error: unknown) => void) {
    const { plan, recorder } = state
    this.plan = plan
    this.recorder = recorder
    this.control = control
    this.tagger = new Tagger(plan, recorder.tags)
    this.counted = connectionEvents(recorder)
    this.mockOrigins = options.mockOrigins
    this.hooks = options.hooks
    const keepsBodies = plan.readsReplyJson || plan.conversation.id !== undefined || options.hooks?.has('afterReceive') === true
    this.retention = new Retention({ plan, keepsBodies })
    this.limits = new RunLimits(plan.targets, recorder, (target, text) => this.onBreaker(target, text))
    this.quality = state.quality
    this.gradedSample = state.gradedSample
    this.onRequest = options.onRequest
    this.state = state
    this.options = options
    this.onBug = onBug
    this.budgets = new Budgets(plan, recorder)
    this.pauses = new ConnectPauses(plan.phases)
    this.share = plan.share ?? WHOLE
    this.hasBudget = Object.keys(plan.budget).length > 0
  }

  /** Opens the data files and the sources of credentials. Rejects with LocalError (a bad or missing file) or AuthError. */
  async open(): Promise<void> {
    const { mockOrigins } = this.options
    this.resources = await Resources.open(this.plan, { mockOrigins, onSecret: (value) => this.onSecret(value) })
    this.state.wireFaults = this.resources.wireFaults
  }

  /** Closes the data files and sources of credentials that `open` has opened. */
  async close(): Promise<void> {
    this.limits.close()
    await this.resources?.close()
  }

  nextRows(user: number, { phase, turn }: Parameters<RunContext['nextRows']>[1]): SharedVariables | undefined {
    try {
      const rows = this.resources?.nextRows(user) ?? {}
      if (!isOver(rows)) return turn === undefined ? rows : { ...rows, trace: this.traced(phase, turn) }
      if (rows.isFailure) this.state.dataFailure ??= `data.${rows.feeder}: ${rows.why}`
    } catch (error) {
      this.onBug(error)
    }
    this.control.stop('data')
    return undefined
  }

  /** Returns the number in the run, from 0, of the user that was made as the `made`-th, from 0. */
  userNumber(made: number): number {
    return numberOf(made, this.share)
  }

  /** Returns the number of the next iteration in the run, from 0. */
  nextIteration(): number {
    return numberOf(this.begun++, this.share)
  }

  /** Returns what the recorded trace of a phase says about one of its turns. */
  private traced(phase: number, turn: number) {
    const load = this.plan.phases[phase]?.load
    return load?.model === 'open' ? load.trace?.values(turn, this.plan.seed) : undefined
  }

  connectionEvents({ name, protocol }: Parameters<RunContext['connectionEvents']>[0], user: number) {
    return this.hooks ? hookedEvents(this.counted, this.hooks, { target: name, protocol, user }) : this.counted
  }

  get wireFaults(): RunContext['wireFaults'] {
    return this.resources?.wireFaults
  }

  credentials(target: number): CredentialSource | undefined {
    return this.resources?.credentials(target)
  }

  settled(attempt: SettledAttempt): void {
    const inWindow = !(attempt.exchange.endedAt > this.control.stoppedAt)
    this.pauses.note(attempt.session, attempt.exchange)
    if (this.hasBudget && !attempt.start.setupOrTeardown) this.state.budget.settled(attempt.exchange)
    this.recorder.settled(attempt.exchange, attempt.dimensions, attempt.checks, inWindow)
    this.watch(attempt)
    this.recorder.builds[attempt.dimensions.target]?.see(attempt.exchange.headers)
    this.recorder.paid(attempt.exchange, attempt.dimensions, attempt.start.iteration)
    if (this.budgets.any && this.control.state === 'running') this.checkBudgets()
    this.options.onAttempt?.(attempt, this.state)
  }

  private watch({ exchange, dimensions, session, start, attempt, repeated }: SettledAttempt): void {
    const { phase, step, target } = dimensions
    if (this.plan.phases[phase]?.warmup !== false) return
    this.state.anomalies.see(exchange, step, target, session, start.iteration, attempt, repeated)
  }

  /** Takes one request of the load out of the budget of the run; false when it is used up, which ends the run. */
  mayRequest({ setupOrTeardown }: Pick<SettledAttempt['start'], 'setupOrTeardown'>): boolean {
    if (!this.hasBudget || setupOrTeardown) return true
    if (this.plan.budget.cost !== undefined && this.control.state === 'running') this.checkBudgets(1)
    if (!this.state.usedUp && this.state.budget.take(this.recorder.inFlight)) return true
    this.control.stop('threshold')
    return false
  }

  spent(exchange: SettledAttempt['exchange']): void {
    if (this.hasBudget) this.state.budget.settled(exchange)
    this.recorder.costs.add(exchange, undefined)
    if (this.budgets.any && this.control.state === 'running') this.checkBudgets()
  }

  /** Starts the time of the budget; the returned function stops it. */
  startBudget(): () => void {
    return this.state.budget.start(() => this.control.stop('threshold'))
  }

  private checkBudgets(next = 0): void {
    this.state.usedUp ??= this.budgets.usedUp(now() - this.state.startedAt, next)
    if (this.state.usedUp) this.control.stop('threshold')
  }

  elapsedMs(): number {
    return now() - this.state.startedAt
  }

  restMs(user: number, phase: number): number {
    return this.pauses.pauseMs(user, phase)
  }

  onSecret(value: string): void {
    this.state.gradedSample?.addSecret(value)
    this.options.onSecret?.(value)
  }

  stopByRule(step: string, failureClass: string): void {
    this.state.stoppedBy ??= { step, class: failureClass }
    this.control.stop('onError')
  }

  private onBreaker(target: string, text: string): void {
    this.state.broken ??= `the circuit breaker of ${target} ended the run: ${text}`
    this.control.stop('onError')
  }

  onScenarioError(message: string): void {
    const { scenarioErrors } = this.state
    scenarioErrors.set(message, (scenarioErrors.get(message) ?? 0) + 1)
  }
}
