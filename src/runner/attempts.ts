/** Makes the attempts of one user: builds the request, waits for the reply, judges it, files it. */
import { now } from '../clock.ts'
import { readRateLimits } from '../dialects/rate-limits.ts'
import { TargetError } from '../errors.ts'
import { Exchange, type Usage } from '../exchange.ts'
import { TemplateError } from '../language/template.ts'
import type { Check } from '../metrics/check.ts'
import { mentionsLimits } from '../metrics/rate-limits.ts'
import type { CheckOutcome, Place } from '../metrics/recorder.ts'
import type { PlannedCheck } from '../scenario/plan.ts'
import type { Pricing } from '../scenario/schema/target.ts'
import { Deadline } from './deadlines.ts'
import { type AttemptUser, type Job, Jobs, raise, type Step } from './jobs.ts'
import type { Line } from './line.ts'
import { Reply, takeCaptures, takeFrom } from './reply.ts'
import { decide, waitMs } from './retry.ts'
import type { IterationStart, RunContext } from './run-context.ts'
import { describeConversation } from './user-scope.ts'

/** When an attempt is due, and how much of its lateness is not the generator's. */
interface Due {
  readonly at: number
  readonly queueWaitMs: number
}

/** How a step ended, for the iteration. */
export interface StepEnd {
  readonly result: 'ok' | 'failed' | 'cut' | 'abort'
  /** When the last attempt ended: the next step is due then. */
  readonly endedAt: number
}

export class Attempts {
  private readonly run: RunContext
  private readonly user: AttemptUser
  private readonly jobs: Jobs
  private current: { readonly exchange: Exchange; readonly line: Line } | undefined

  constructor(run: RunContext, user: AttemptUser) {
    this.run = run
    this.user = user
    this.jobs = new Jobs(run, user)
  }

  /** Cuts what is in flight. */
  cut(): void {
    const { exchange, line } = this.current ?? {}
    if (!exchange || exchange.settled) return
    exchange.cut()
    line?.cancel(exchange)
  }

  /** The iteration has taken too long: what is in flight fails. */
  expire(afterMs: number): void {
    const { exchange } = this.current ?? {}
    if (!exchange || exchange.settled) return
    const phase = Number.isNaN(exchange.sentAt) ? 'connect' : Number.isNaN(exchange.firstByteAt) ? 'headers' : 'stream'
    exchange.fail('timeout_iteration', phase, `the iteration took longer than ${afterMs} ms`)
  }

  /** One step: an attempt, and retries where the scenario asks for them. `due` of the first is the step's. */
  async take(step: Step, start: IterationStart, due: number, first: boolean): Promise<StepEnd> {
    let when: Due = { at: due, queueWaitMs: first ? start.queueWaitMs : 0 }
    for (let attempt = 1; ; attempt += 1) {
      const exchange = await this.once(step, start, when, attempt)
      const { endedAt } = exchange
      if (exchange.outcome === 'ok') return { result: 'ok', endedAt }
      if (exchange.outcome === 'cut') return { result: 'cut', endedAt }
      const { action, retry } = decide(step.onError, exchange)
      if (action === 'stop') this.run.control.stop('onError')
      if (action === 'abort' || action === 'stop') return { result: 'abort', endedAt }
      if (action === 'skip' || attempt > retry.max) return { result: 'failed', endedAt }
      const asked = readRateLimits(exchange.headers, Date.now()).retryAfterMs
      const at = endedAt + waitMs(retry, attempt, asked, this.user.random)
      if (!(await this.run.control.sleepUntil(at))) return { result: 'cut', endedAt }
      when = { at, queueWaitMs: 0 }
    }
  }

  private async once(step: Step, start: IterationStart, due: Due, attempt: number): Promise<Exchange> {
    const job = this.jobs.of(step)
    const { error, waitedMs } = await waitFor(job.line.ready())
    // Getting a token is no latency: what is due waits for it.
    const when = waitedMs === 0 ? due : { ...due, at: due.at + waitedMs }
    const place: Place = { step: step.index, phase: start.phase, target: step.target, group: this.user.group }
    const exchange = await this.exchangeOnce(error === undefined ? job : { ...job, request: () => raise(error) }, place, when)
    this.settle(exchange, job, place, start, attempt)
    return exchange
  }

  private exchangeOnce(job: Job, place: Place, due: Due): Promise<Exchange> {
    const startedAt = now()
    const lagMs = Math.max(0, startedAt - due.at - due.queueWaitMs)
    return new Promise((resolve, reject) => {
      let deadline: Deadline | undefined
      const exchange = new Exchange(due.at, job.reader, () => {
        deadline?.stop()
        resolve(exchange)
      })
      exchange.lagMs = lagMs
      exchange.queueWaitMs = due.queueWaitMs
      exchange.keepBody = this.keepsBody(job.step)
      this.current = { exchange, line: job.line }
      this.run.recorder.started(place, lagMs)
      deadline = new Deadline(exchange, startedAt, job.step.timeouts, job.generates)
      this.launch(job, exchange).catch(reject)
    })
  }

  private keepsBody(step: Step): boolean {
    return step.kind === 'request' || step.checks.length > 0 || step.captures.length > 0 || this.run.keepsBodies
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
    await job.line.send(request, exchange)
  }

  /** Judges, captures, records and lets go of a settled attempt. */
  private settle(exchange: Exchange, job: Job, place: Place, start: IterationStart, attempt: number): void {
    const { scope } = this.user
    // Before the reply is judged: one that came through well leaves its connection as it is, whatever the checks say.
    if (exchange.outcome !== 'ok') job.line.cancel(exchange)
    const reply = new Reply(exchange, () => scope)
    if (job.step.judgesStatus) exchange.waiveStatus()
    exchange.cost = costOf(exchange.usage, job.line.target.pricing)
    scope.reply = reply.toScope()
    const checks = exchange.outcome === 'ok' ? this.check(job.step.checks, reply) : []
    if (exchange.outcome === 'ok') this.capture(job, reply)
    if (exchange.outcome === 'ok') this.remember(job, reply)
    job.line.settled(exchange)
    if (mentionsLimits(exchange.headers)) this.tallyLimits(exchange, place.target)
    this.run.settled({ exchange, place, checks, session: this.user.id, start, prompt: job.prompt, attempt })
  }

  private tallyLimits(exchange: Exchange, target: number): void {
    const limits = readRateLimits(exchange.headers, Date.now())
    this.run.recorder.rateLimits[target]?.add(limits, exchange.failure?.class === 'rate_limited')
  }

  private remember(job: Job, reply: Reply): void {
    const { conversation, scope } = this.user
    const { id } = this.run.plan.conversation
    if (id && conversation.id === undefined) {
      const found = takeFrom(id.source, reply)
      if (found !== undefined && found !== null) conversation.id = String(found)
    }
    if (job.step.kind === 'message') conversation.remember(job.prompt, reply.exchange.text)
    describeConversation(scope, conversation)
  }

  /** The check with its templates rendered, or why that cannot be done. */
  private checkOf(planned: PlannedCheck): Check | TemplateError {
    if ('check' in planned) return planned.check
    const { scope, random } = this.user
    try {
      return planned.compile(planned.tree.render(scope, random))
    } catch (error) {
      if (error instanceof TemplateError) return error
      throw error
    }
  }

  private capture(job: Job, reply: Reply): void {
    const missing = takeCaptures(job.step.captures, reply, this.user.scope)
    if (missing) reply.exchange.overrule('capture_failed', `nothing found for "${missing.variable}" at ${missing.written}`)
  }

  private check(checks: readonly PlannedCheck[], reply: Reply): CheckOutcome[] {
    return checks.map((planned, index) => {
      const check = this.checkOf(planned)
      if (check instanceof TemplateError) {
        reply.exchange.overrule('local_template', check.message)
        return { index, passed: false, objective: false, observed: check.message }
      }
      const { passed, observed } = check.evaluate(reply)
      // A missed latency objective is counted, but the reply was good: dropping it would make the percentiles look better.
      if (!passed && !check.objective) reply.exchange.overrule('check_failed', `${planned.label}: ${observed}`)
      return { index, passed, objective: check.objective, observed }
    })
  }
}

/** Waits for what is not at hand. An attempt without it must still be one: the error is kept for when it exists. */
async function waitFor(wait: Promise<void> | undefined): Promise<{ error?: unknown; waitedMs: number }> {
  if (!wait) return { waitedMs: 0 }
  const from = now()
  try {
    await wait
    return { waitedMs: now() - from }
  } catch (error) {
    return { error, waitedMs: now() - from }
  }
}

/** Price of a reply; undefined when prices or counts are not known. Cached input is part of the input. */
function costOf(usage: Usage | undefined, pricing: Pricing | undefined): number | undefined {
  const { inputTokens, cachedInputTokens, outputTokens } = usage ?? {}
  if (!pricing || typeof inputTokens !== 'number' || typeof outputTokens !== 'number') return undefined
  const cached = Math.min(cachedInputTokens ?? 0, inputTokens)
  const { inputPer1M, cachedPer1M = inputPer1M, outputPer1M } = pricing
  return ((inputTokens - cached) * inputPer1M + cached * cachedPer1M + outputTokens * outputPer1M) / 1e6
}
