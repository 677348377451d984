import { now, wallNow } from '../../clock.ts'
import { EARLIER, TargetError } from '../../errors.ts'
import { Exchange, type Failure } from '../../exchange.ts'
import { TemplateError } from '../../language/template/template.ts'
import type { AttemptDimensions } from '../../metrics/recorder.ts'
import type { AttemptStep, ErrorAction, RequestStep } from '../../scenario/compile/plan.ts'
import type { IterationStart } from '../schedule/scheduled-user.ts'
import { Deadlines, ITERATION_TIMEOUT, isIterationTimeout, stageOf } from './deadlines.ts'
import { Aftermath, UserFaults } from './fault/user-faults.ts'
import { type AttemptUser, type Job, Jobs, throwError, withFault, withRequest, withRequestMade, withWarning } from './jobs.ts'
import { Gate, isByLimit, type Waited } from './limits/gate.ts'
import { isLong } from './reply/check-turns.ts'
import { askedMs, decide, isRateLimit, reasonToStop, waitMs } from './reply/retry.ts'
import type { RunContext } from './run-context.ts'
import { Settlement } from './settlement.ts'

/** When an attempt is due (monotonic ms), and how long it waited for a user or a rate limit, which is not the generator's lateness. */
interface Due {
  readonly at: number
  readonly queueWaitMs: number
}

/** How one step of a user's iteration ended, after the last attempt: its outcome, when it was over, and why it failed if it did. */
export interface StepEnd {
  /** How the step ended. `timeout`: its iteration took too long; `skipped`: an earlier failure left a variable missing; `dropped`: by `rateLimit`. */
  readonly result: 'ok' | 'failed' | 'cut' | 'abort' | 'timeout' | 'skipped' | 'dropped'
  /** When the last attempt, or the wait for another one, ended (monotonic ms). The next step is due then. */
  readonly endedAt: number
  /** Why the last attempt failed; undefined when it did not. */
  readonly failure?: Failure | undefined
}

const NO_TAGS = {}
const NO_DELAY = { ms: 0, woken: 'due' } as const

/** The last attempt of a step: when it ended (monotonic ms), which attempt it was, and what the user does after its failure. */
interface LastTry {
  readonly endedAt: number
  readonly tries: number
  readonly action?: ErrorAction
}

/** An attempt that is about to be sent: its job, and the dimensions under which it is counted. */
interface PreparedAttempt {
  readonly job: Job
  readonly dimensions: AttemptDimensions
}

/** Makes the attempts (requests) of one user, one at a time: waits for rate limits, sends, reads the reply, retries, and records the outcome. */
export class Attempts {
  private readonly run: RunContext
  private readonly user: AttemptUser
  private readonly jobs: Jobs
  private readonly settlement: Settlement
  private readonly gate: Gate
  private readonly deadlines = new Deadlines()
  /** Draws the faults that are injected into attempts; undefined when the plan has none. */
  private readonly faults: UserFaults | undefined
  private readonly aftermath: Aftermath | undefined
  private readonly hooks: Settlement['hooks']
  /** How long injected faults and planned ends of connections kept the user waiting, in ms. The session sets it to 0 when an iteration begins. */
  injectedMs = 0
  private current: { readonly exchange: Exchange; readonly job: Job } | undefined
  /** Resolves the promise that waits for the exchange in flight. */
  private resolve: (exchange: Exchange) => void = () => {}
  private reject: (error: unknown) => void = () => {}

  constructor(run: RunContext, user: AttemptUser) {
    this.run = run
    this.user = user
    this.jobs = new Jobs(run, user)
    this.settlement = new Settlement(run, user)
    this.gate = new Gate(run, user)
    this.hooks = this.settlement.hooks
    const { faults, faultTags } = run.plan
    this.faults = faults && new UserFaults(run, user, faults, this.gate)
    this.aftermath = faultTags.length === 0 ? undefined : new Aftermath(faultTags.indexOf(EARLIER))
  }

  /** Stops the timer of the deadlines. No attempt may be made after this. */
  close(): void {
    this.deadlines.close()
  }

  /** Cancels the attempt in flight. */
  cancel(): void {
    const { exchange, job } = this.current ?? {}
    if (!exchange || exchange.settled) return
    exchange.cancel()
    job?.client.cancel(exchange)
  }

  /** Fails the attempt in flight, because the iteration took longer than `afterMs`. */
  timeOut(afterMs: number): void {
    const { exchange, job } = this.current ?? {}
    if (!exchange || exchange.settled) return
    exchange.fail(ITERATION_TIMEOUT, stageOf(exchange, job?.generates === true), `the iteration took longer than ${afterMs} ms`)
  }

  /** Closes the user's connection to the target of a `leaves` step, without counting an attempt. Resolves with the error if that fails. */
  async leave(step: RequestStep, due: number): Promise<string | undefined> {
    const job = this.jobs.of(step)
    if (!job.client.connected) return undefined
    const exchange = await this.exchange(job, new Exchange(due, job.reader, this.onSettled), now())
    return exchange.failure && `${step.name}: ${exchange.failure.message}`
  }

  /**
   * Makes the first attempt of a step, due at `due`, and any retries. `first`: this step is the first of its iteration. Calls `ended` at the end, and
   * resolves with what it returns, which takes one promise less than if the caller waited.
   */
  async take<T>(
    step: AttemptStep,
    start: IterationStart,
    due: number,
    first: boolean,
    ended: (step: AttemptStep, end: StepEnd) => T,
  ): Promise<T> {
    this.aftermath?.beginStep(first)
    let when: Due = { at: due, queueWaitMs: first ? start.queueWaitMs : 0 }
    for (let attempt = 1; ; attempt += 1) {
      const entered = this.gate.enter(step, start.setupOrTeardown)
      const waited = entered instanceof Promise ? await entered : entered
      if (waited.woken !== 'due') return ended(step, this.neverSent(step, start, waited.woken, attempt))
      if (waited.dropped) return ended(step, this.drop(step, start, when.at, attempt))
      const made = this.make(step, start, waited, attempt)
      if (!made) return ended(step, { result: 'skipped', endedAt: when.at })
      const hooked = this.hooks && (await this.hooks.before(made.job, { iteration: start.iteration, attempt }))
      if (hooked && hooked.woken !== 'due') return ended(step, this.neverSent(step, start, hooked.woken, attempt))
      const changed = hooked ? { ...made, job: withRequest(made.job, hooked.request) } : made
      const drawn = this.faults && !start.setupOrTeardown ? this.withFault(changed, this.faults, start) : changed
      const { job, dimensions } = this.aftermath?.tagged(drawn) ?? drawn
      const delayed = job.fault?.wait ? await job.fault.wait() : NO_DELAY
      const onPurposeMs = hooked ? hooked.ms + delayed.ms : delayed.ms
      this.injectedMs += onPurposeMs
      if (delayed.woken !== 'due') return ended(step, this.neverSent(step, start, delayed.woken, attempt))
      if (!this.run.mayRequest(start)) {
        this.faults?.unbegun(job.fault, this.counts(start))
        return ended(step, this.neverSent(step, start, 'stopped', attempt))
      }
      // Fetching credentials, an injected delay and hooks are in no latency: the attempt is due after them.
      const dueAt = when.at + waited.readyMs + onPurposeMs
      const exchange = await this.send(job, dimensions, dueAt, when.queueWaitMs + waited.heldMs)
      if (attempt === 1) this.run.limits.retryBudgets.first(step.target)
      if (step.checksCostly && isLong(exchange)) await this.run.checkTurns.next()
      const ending = { exchange, job, dimensions, start, attempt, counts: this.counts(start) }
      if (this.hooks) await this.settlement.settleHooked(ending, this.hooks)
      else this.settlement.settle(ending)
      this.gate.settled(exchange)
      this.aftermath?.see(exchange)
      const left = job.fault?.end?.()
      if (left) await left
      const { failure } = exchange
      const endedAt = left || this.hooks ? now() : exchange.endedAt
      this.injectedMs += endedAt - exchange.endedAt
      if (exchange.outcome === 'cut') return ended(step, { result: 'cut', endedAt })
      if (exchange.outcome === 'ok') return ended(step, this.end(step, start, exchange, { endedAt, tries: attempt }))
      const { action, retry } = decide(step.onError, exchange)
      const again = action === 'retry' && attempt <= retry.max && !isIterationTimeout(exchange)
      if (!again || !this.isInBudget(step.target, retry.budget, start))
        return ended(step, this.end(step, start, exchange, { endedAt, tries: attempt, action }))
      const asked = askedMs(exchange, wallNow())
      const pauseMs = waitMs(retry, attempt, asked, this.user.streamOf('retry'))
      const woken = await this.user.clock.sleepUntil(endedAt + pauseMs)
      if (woken !== 'due') return ended(step, { ...this.endedWaiting(woken), failure })
      if (this.counts(start)) this.run.recorder.retries.retried(pauseMs, asked)
      if (isRateLimit(exchange)) this.run.recorder.rateLimits[step.target]?.lost(pauseMs)
      when = { at: endedAt + pauseMs, queueWaitMs: 0 }
    }
  }

  /** Records the end of a step whose last attempt this was, and decides how its iteration goes on. */
  private end(step: AttemptStep, start: IterationStart, exchange: Exchange, { endedAt, tries, action }: LastTry): StepEnd {
    const { failure, outcome } = exchange
    if (this.counts(start)) this.run.recorder.retries.ended(outcome === 'ok', tries)
    if (outcome === 'ok') return { result: 'ok', endedAt }
    if (action === 'stop') this.run.stopByRule(step.name, reasonToStop(exchange))
    if (isIterationTimeout(exchange)) return { result: 'timeout', endedAt, failure }
    if (action === 'abort' || action === 'stop') return { result: 'abort', endedAt, failure }
    return { result: isByLimit(failure) ? 'dropped' : 'failed', endedAt, failure }
  }

  /** Takes one retry from the retry budget of a target. Returns false when the budget is used up. */
  private isInBudget(target: number, budget: number | undefined, start: IterationStart): boolean {
    if (budget === undefined || this.run.limits.retryBudgets.take(target, budget)) return true
    if (this.counts(start)) this.run.recorder.retries.overBudget()
    return false
  }

  /** Counts an attempt that `rateLimit` did not allow and the scenario drops. If the step had been tried before, the step has failed. */
  private drop(step: AttemptStep, start: IterationStart, endedAt: number, attempt: number): StepEnd {
    this.gate.leave()
    this.run.recorder.droppedByLimit(this.dimensionsOf(step, start, this.tagsOf(step, start).tags))
    if (attempt === 1) return { result: 'dropped', endedAt }
    if (this.counts(start)) this.run.recorder.retries.ended(false, attempt - 1)
    return { result: 'failed', endedAt }
  }

  /** Counts an attempt that was due but still waited to be sent when the run ended. If the step had been tried before, the step is cut. */
  private neverSent(step: AttemptStep, start: IterationStart, woken: Waited['woken'], attempt: number): StepEnd {
    const end = this.endedWaiting(woken)
    if (end.result !== 'cut') return end
    this.run.recorder.droppedByLimit(this.dimensionsOf(step, start, this.tagsOf(step, start).tags))
    return attempt === 1 ? { ...end, result: 'dropped' } : end
  }

  /** Returns how a step ended whose attempt still waited to be sent: its iteration timed out, or the run ended. */
  private endedWaiting(woken: Waited['woken']): StepEnd {
    this.gate.leave()
    return woken === 'timeout' ? { result: 'timeout', endedAt: this.user.clock.timesOutAt } : { result: 'cut', endedAt: now() }
  }

  /** Returns whether the attempts of an iteration are in the totals: not those of warm-ups, setup and teardown. */
  private counts(start: IterationStart): boolean {
    return !start.setupOrTeardown && !this.run.plan.phases[start.phase]?.warmup
  }

  /** Returns the attempt with an injected fault if one is drawn for it; otherwise the attempt as it is. */
  private withFault(made: PreparedAttempt, faults: UserFaults, start: IterationStart): PreparedAttempt {
    const hit = faults.hit(made.job, this.counts(start))
    if (hit === undefined) return made
    const job = withFault(made.job, hit)
    return { job, dimensions: job.fault === undefined ? made.dimensions : { ...made.dimensions, fault: hit.kind } }
  }

  /** Makes the request of an attempt; undefined when a variable in it is missing because an earlier step of the iteration has failed. */
  private make(step: AttemptStep, start: IterationStart, waited: Waited, attempt: number): PreparedAttempt | undefined {
    const made = this.jobs.of(step)
    const { tags, error: tagError } = this.tagsOf(step, start)
    const dimensions = this.dimensionsOf(step, start, tags)
    const reason = waited.error ?? tagError
    const warned = waited.paused ? withWarning(made, 'quota_pause') : made
    const failing = reason === undefined ? warned : withRequest(warned, () => throwError(reason))
    const job = attempt === 1 && this.user.hasFailed() ? withRequestMade(failing) : failing
    if (job) return { job, dimensions }
    this.gate.leave()
    this.run.recorder.skipped(dimensions)
    return undefined
  }

  private dimensionsOf(step: AttemptStep, start: IterationStart, tags: AttemptDimensions['tags']): AttemptDimensions {
    return { step: step.index, phase: start.phase, target: step.target, group: this.user.groupIndex, tags }
  }

  /** Returns the tags of an attempt; none for an attempt outside of the totals, because the number of tag values that are counted is limited. */
  private tagsOf(step: AttemptStep, start: IterationStart): { tags?: AttemptDimensions['tags']; error?: TemplateError } {
    if (this.run.tagger.idle || !this.counts(start)) return NO_TAGS
    const { groupIndex, scope, random } = this.user
    try {
      return { tags: this.run.tagger.of(step.index, groupIndex, scope, random) }
    } catch (error) {
      if (error instanceof TemplateError) return { error }
      throw error
    }
  }

  private send(job: Job, dimensions: AttemptDimensions, dueAt: number, queueWaitMs: number): Promise<Exchange> {
    const startedAt = now()
    const lagMs = Math.max(0, startedAt - dueAt - queueWaitMs)
    const { limits, connector } = job.client.target
    const { keepBody, keepText } = this.run.retention.of(job.step)
    const exchange = new Exchange(dueAt, job.reader, this.onSettled, {
      lagMs,
      queueWaitMs,
      keepBody,
      keepText,
      maxReplyBytes: limits.replyBytes,
      kindsOf: connector.kindsOf,
      onSent: job.fault?.onSent,
      fault: job.fault?.kind,
      afterFault: this.aftermath?.follows ?? false,
    })
    if (job.warnings) exchange.warn(...job.warnings)
    this.run.recorder.started(dimensions, lagMs, startedAt)
    return this.exchange(job, exchange, startedAt)
  }

  /** Sends the request of `job` and watches its deadlines. Resolves when the exchange has settled; rejects for a bug of burn's own. */
  private exchange(job: Job, exchange: Exchange, startedAt: number): Promise<Exchange> {
    const settled = new Promise<Exchange>(this.keepEnds)
    this.current = { exchange, job }
    this.deadlines.watch(exchange, startedAt, job.step.timeouts, job.generates)
    try {
      this.launch(job, exchange)?.catch(this.reject)
    } catch (error) {
      this.reject(error)
    }
    return settled
  }

  private readonly keepEnds = (resolve: (exchange: Exchange) => void, reject: (error: unknown) => void): void => {
    this.resolve = resolve
    this.reject = reject
  }

  private readonly onSettled = (exchange: Exchange): void => {
    this.deadlines.stop()
    this.resolve(exchange)
  }

  private launch(job: Job, exchange: Exchange): Promise<void> | undefined {
    let request: unknown
    try {
      request = job.request()
    } catch (error) {
      if (error instanceof TargetError) exchange.fail(error.class, error.phase, error.message)
      else if (error instanceof TemplateError) exchange.fail('local_template', 'send', error.message)
      else throw error
      return undefined
    }
    this.jobs.noteSent(exchange)
    this.run.onRequest?.(request, exchange)
    return job.fault?.carry ? job.fault.carry(request, exchange) : job.client.send(request, exchange)
  }
}
