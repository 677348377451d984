import { now, wallNow } from '../../clock.ts'
import { TargetError } from '../../errors.ts'
import { Exchange, type Failure } from '../../exchange.ts'
import { TemplateError } from '../../language/template/template.ts'
import type { TagSet } from '../../metrics/groups/tag-registry.ts'
import type { AttemptDimensions } from '../../metrics/recorder.ts'
import type { ErrorAction, RequestStep } from '../../scenario/compile/plan.ts'
import type { IterationStart } from '../schedule/scheduled-user.ts'
import { Deadline, stageOf } from './deadlines.ts'
import type { Woken } from './iteration-clock.ts'
import { type AttemptStep, type AttemptUser, type Job, Jobs, throwError, withRequestMade } from './jobs.ts'
import { holdsBody, holdsText } from './reply/retention.ts'
import { askedMs, decide, NO_QUOTA, waitMs } from './reply/retry.ts'
import type { RunContext } from './run-context.ts'
import { Settlement } from './settlement.ts'

/** Failure class of an attempt that was in flight when its iteration timed out. */
const ITERATION_TIMEOUT = 'timeout_iteration'

/** When an attempt is due (monotonic ms), and how much of its lateness is a wait for a user or a quota, not the generator's. */
interface Due {
  readonly at: number
  readonly queueWaitMs: number
}

/** How a step ended. */
interface StepEnd {
  /** How the step ended. `timeout`: its iteration took too long; `skipped`: nothing was sent, because an earlier failure left a variable missing. */
  readonly result: 'ok' | 'failed' | 'cut' | 'abort' | 'timeout' | 'skipped'
  /** When the last attempt, or the wait for another one, ended (monotonic ms). The next step is due then. */
  readonly endedAt: number
  /** Why the last attempt failed; undefined when it did not. */
  readonly failure?: Failure | undefined
}

/** Makes the attempts of one user, one at a time: waits for rate limits, sends, reads the reply, retries, and reports the outcome. */
export class Attempts {
  private readonly run: RunContext
  private readonly user: AttemptUser
  private readonly jobs: Jobs
  private readonly settlement: Settlement
  private current: { readonly exchange: Exchange; readonly job: Job } | undefined

  constructor(run: RunContext, user: AttemptUser) {
    this.run = run
    this.user = user
    this.jobs = new Jobs(run, user)
    this.settlement = new Settlement(run, user)
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

  /** Closes the connection of a step's target, if there is one; no attempt is counted. Returns what failed, if anything. */
  async leave(step: RequestStep, due: number): Promise<string | undefined> {
    const job = this.jobs.of(step)
    if (!job.client.connected) return undefined
    const exchange = await new Promise<Exchange>((resolve, reject) => {
      let deadline: Deadline | undefined
      const one: Exchange = new Exchange(due, job.reader, () => {
        deadline?.stop()
        resolve(one)
      })
      this.current = { exchange: one, job }
      deadline = new Deadline(one, now(), step.timeouts, false)
      this.launch(job, one).catch(reject)
    })
    return exchange.failure && `${step.name}: ${exchange.failure.message}`
  }

  /** Makes the first attempt of a step, due at `due`, and any retries. `first`: this step is the first of its iteration. */
  async take(step: AttemptStep, start: IterationStart, due: number, first: boolean): Promise<StepEnd> {
    let when: Due = { at: due, queueWaitMs: first ? start.queueWaitMs : 0 }
    for (let attempt = 1; ; attempt += 1) {
      const made = await this.once(step, start, when, attempt)
      if ('skipped' in made) return { result: 'skipped', endedAt: when.at }
      if (!('exchange' in made)) return this.endedWaiting(made.woken)
      const { exchange } = made
      const { endedAt, failure } = exchange
      if (exchange.outcome === 'cut') return { result: 'cut', endedAt }
      const { action, retry } = decide(step.onError, exchange)
      const again = exchange.outcome === 'failed' && action === 'retry' && attempt <= retry.max
      if (!again || isIterationTimeout(exchange)) return this.end(step, start, exchange, attempt, action)
      const asked = askedMs(exchange, wallNow())
      const wait = waitMs(retry, attempt, asked, this.user.random)
      const woken = await this.user.clock.sleepUntil(endedAt + wait)
      if (woken !== 'due') return { ...this.endedWaiting(woken), failure }
      if (this.counts(start)) this.run.recorder.retries.retried(wait, asked)
      when = { at: endedAt + wait, queueWaitMs: 0 }
    }
  }

  /** Records the end of a step whose last attempt this was, and decides how its iteration goes on. */
  private end(step: AttemptStep, start: IterationStart, exchange: Exchange, tries: number, action: ErrorAction): StepEnd {
    const { endedAt, failure, outcome } = exchange
    if (this.counts(start)) this.run.recorder.retries.ended(outcome === 'ok', tries)
    if (outcome === 'ok') return { result: 'ok', endedAt }
    if (action === 'stop') this.run.stopByRule(step.name, failure?.code === NO_QUOTA ? NO_QUOTA : (failure?.class ?? ''))
    const result = isIterationTimeout(exchange) ? 'timeout' : action === 'abort' || action === 'stop' ? 'abort' : 'failed'
    return { result, endedAt, failure }
  }

  /** The step ended while it waited for an attempt: by a time-out of the iteration, or by the end of the run. */
  private endedWaiting(woken: Woken): StepEnd {
    return woken === 'timeout' ? { result: 'timeout', endedAt: this.user.clock.timesOutAt } : { result: 'cut', endedAt: now() }
  }

  /** Whether attempts of this iteration are in the totals. */
  private counts(start: IterationStart): boolean {
    return !start.setupOrTeardown && !this.run.plan.phases[start.phase]?.warmup
  }

  /** Makes one attempt; none when the iteration or the run ended before it could begin, or a variable of its request is missing. */
  private async once(
    step: AttemptStep,
    start: IterationStart,
    due: Due,
    attempt: number,
  ): Promise<{ exchange: Exchange } | { woken: Woken } | { skipped: true }> {
    const held = await this.hold(step.target)
    if (held.woken !== 'due') return { woken: held.woken }
    const made = this.jobs.of(step)
    const job = held.ms === 0 ? made : { ...made, warnings: [...(made.warnings ?? []), 'quota_pause'] }
    const { error, waitedMs, woken } = await this.ready(job)
    if (woken !== 'due') return { woken }
    // Getting a token is no latency: what is due waits for it.
    const when = { at: due.at + waitedMs, queueWaitMs: due.queueWaitMs + held.ms }
    const { tags, error: tagError } = this.tagsOf(step, start)
    const dimensions: AttemptDimensions = {
      step: step.index,
      phase: start.phase,
      target: step.target,
      group: this.user.group,
      tags,
    }
    const reason = error ?? tagError
    const failing = reason === undefined ? job : { ...job, request: () => throwError(reason) }
    const sendable = attempt === 1 && this.user.hasFailed() ? withRequestMade(failing) : failing
    if (!sendable) {
      this.run.recorder.skipped(dimensions)
      return { skipped: true }
    }
    const exchange = await this.exchangeOnce(sendable, dimensions, when)
    this.settlement.settle({ exchange, job, dimensions, start, attempt, counts: this.counts(start) })
    return { exchange }
  }

  /** Waits while the quota of the target is used up. The limit's doing, not the generator's: it counts as `queue_wait`. */
  private async hold(target: number): Promise<{ ms: number; woken: Woken }> {
    const { quotas } = this.run
    let ms = 0
    for (let from = now(); from < quotas.freeAt(target); from = now()) {
      const until = quotas.freeAt(target)
      const woken = await this.user.clock.sleepUntil(until)
      if (woken !== 'due') return { ms, woken }
      ms += until - from
    }
    return { ms, woken: 'due' }
  }

  /** Waits for credentials that have to be fetched. An error is returned, not thrown: it becomes the failure of the attempt. */
  private async ready({ client }: Job): Promise<{ error?: unknown; waitedMs: number; woken: Woken }> {
    const wait = client.ready()
    if (!wait) return { waitedMs: 0, woken: 'due' }
    const from = now()
    try {
      const woken = await this.user.clock.waitFor(wait)
      return { waitedMs: now() - from, woken }
    } catch (error) {
      return { error, waitedMs: now() - from, woken: 'due' }
    }
  }

  /** The tags of an attempt; none outside of the totals, whose values would use up the bounded number of groups. */
  private tagsOf(step: AttemptStep, start: IterationStart): { tags?: TagSet | undefined; error?: TemplateError } {
    if (!this.counts(start)) return {}
    const { group, scope, random } = this.user
    try {
      return { tags: this.run.tagger.of(step.index, group, scope, random) }
    } catch (error) {
      if (error instanceof TemplateError) return { error }
      throw error
    }
  }

  private exchangeOnce(job: Job, dimensions: AttemptDimensions, due: Due): Promise<Exchange> {
    const startedAt = now()
    const lagMs = Math.max(0, startedAt - due.at - due.queueWaitMs)
    return new Promise((resolve, reject) => {
      let deadline: Deadline | undefined
      const settled = (exchange: Exchange) => {
        deadline?.stop()
        resolve(exchange)
      }
      const { limits, connector } = job.client.target
      const exchange = new Exchange(due.at, job.reader, settled, {
        lagMs,
        queueWaitMs: due.queueWaitMs,
        keepBody: holdsBody(job.step, this.run),
        keepText: holdsText(job.step, this.run),
        maxReplyBytes: limits.replyBytes,
        kindsOf: connector.kindsOf,
      })
      exchange.warn(...(job.warnings ?? []))
      this.current = { exchange, job }
      this.run.recorder.started(dimensions, lagMs)
      deadline = new Deadline(exchange, startedAt, job.step.timeouts, job.generates)
      this.launch(job, exchange).catch(reject)
    })
  }

  private async launch(job: Job, exchange: Exchange): Promise<void> {
    let request: unknown
    try {
      request = job.request()
    } catch (error) {
      if (error instanceof TargetError) exchange.fail(error.class, error.phase, error.message)
      else if (error instanceof TemplateError) exchange.fail('local_template', 'send', error.message)
      else throw error
      return
    }
    this.run.onRequest?.(request, exchange)
    await job.client.send(request, exchange)
  }
}

const isIterationTimeout = (exchange: Exchange) => exchange.failure?.class === ITERATION_TIMEOUT
