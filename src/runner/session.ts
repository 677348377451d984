/** One simulated user: its connection, variables, conversation and random stream. An iteration is one walk through the steps. */
import { now } from '../clock.ts'
import type { Turn } from '../dialects/dialect.ts'
import { createReader, plainReader } from '../dialects/reader.ts'
import { Exchange, type ReplyReader } from '../exchange.ts'
import { TemplateError } from '../language/template.ts'
import type { CheckOutcome, Place } from '../metrics/recorder.ts'
import { createRandom, type Random } from '../random.ts'
import type { LoopStep, MessageStep, Plan, PlannedCheck, PlannedStep, RequestStep } from '../scenario/plan.ts'
import { Conversation } from './conversation.ts'
import { Deadline } from './deadlines.ts'
import { Line } from './line.ts'
import { Reply, takeCaptures } from './reply.ts'
import type { RunContext } from './run-context.ts'

/** What makes an iteration start. */
export interface IterationStart {
  /** When it was due. */
  readonly intended: number
  /** How late the generator got to it, in ms. */
  readonly lagMs: number
  /** How long it waited for a free user, in ms. */
  readonly queueWaitMs: number
  readonly phase: number
  /** Number of this iteration in the run, from 0. */
  readonly iteration: number
}

export type IterationOutcome = 'completed' | 'failed' | 'cut'

/** How to make the wire request and read the reply of one step. */
interface Job {
  readonly step: MessageStep | RequestStep
  readonly reader: ReplyReader
  readonly generates: boolean
  /** What the journal shows as the prompt. */
  readonly prompt: string
  request(): unknown
}

export class Session {
  readonly id: number
  private readonly run: RunContext
  private readonly plan: Plan
  private readonly random: Random
  private readonly conversation: Conversation
  private readonly scope: Record<string, unknown> = {}
  private readonly line: Line
  private iterationsDone = 0
  private start: IterationStart = { intended: 0, lagMs: 0, queueWaitMs: 0, phase: 0, iteration: 0 }
  /** When the next thing in this iteration is due. */
  private due = 0
  private failedInIteration = false
  private current: Exchange | undefined

  constructor(run: RunContext, id: number) {
    this.run = run
    this.plan = run.plan
    this.id = id
    this.random = createRandom(run.plan.seed, 'user', id)
    this.conversation = new Conversation(run.plan.conversation)
    const target = run.plan.targets[0]
    if (!target) throw new Error('a plan has at least one target')
    this.line = new Line(target, {
      userId: id,
      baseDir: run.plan.baseDir,
      random: this.random,
      scope: this.scope,
      events: run.connectionEvents,
      mockOrigin: run.mockOrigins.get(target.name),
    })
  }

  /** Walks through the steps once. Never rejects for what the target does. */
  async iterate(start: IterationStart): Promise<IterationOutcome> {
    this.start = start
    this.due = start.intended
    this.failedInIteration = false
    this.current = undefined
    this.resetScope()
    const finished = await this.walk(this.plan.steps)
    this.iterationsDone += 1
    if (!finished) return 'cut'
    return this.failedInIteration ? 'failed' : 'completed'
  }

  /** When the last iteration was over: the next one of a closed loop is due then. */
  get dueNext(): number {
    return this.due
  }

  /** Cuts what is in flight. */
  cut(): void {
    const exchange = this.current
    if (!exchange || exchange.settled) return
    exchange.cut()
    this.line.cancel(exchange)
  }

  close(): Promise<void> {
    return this.line.close()
  }

  private resetScope(): void {
    for (const name of Object.keys(this.scope)) delete this.scope[name]
    this.conversation.reset()
    const { scope, plan } = this
    scope.user = { id: this.id, number: this.id + 1 }
    scope.vu = this.id
    scope.iteration = { index: this.start.iteration, count: this.start.iteration + 1, ofUser: this.iterationsDone }
    scope.model = plan.targets[0]?.chat.model ?? ''
    scope.run = { name: plan.name, seed: plan.seed }
    scope.reply = NO_REPLY
    this.describeConversation()
    // The plan made `vars` from a record.
    Object.assign(scope, plan.vars.render(scope, this.random) as Record<string, unknown>)
  }

  private describeConversation(): void {
    const { history } = this.conversation
    this.scope.conversation = {
      messageCount: history.length,
      messageIndex: history.length / 2,
      trimmed: this.conversation.trimmed,
      lastUser: history.at(-2)?.content ?? '',
      lastAssistant: history.at(-1)?.content ?? '',
    }
  }

  /** False when the run stopped before the last step. */
  private async walk(steps: readonly PlannedStep[]): Promise<boolean> {
    for (const step of steps) {
      if (this.run.control.state !== 'running') return false
      // Steps are an order: each needs what the one before it left.
      if (!(await this.take(step))) return false
    }
    return true
  }

  private async take(step: PlannedStep): Promise<boolean> {
    switch (step.kind) {
      case 'message':
      case 'request':
        return this.attempt(step)
      case 'delay':
        this.due += step.draw(this.random)
        return this.run.control.sleepUntil(this.due)
      case 'set':
        Object.assign(this.scope, step.values.render(this.scope, this.random) as Record<string, unknown>)
        return true
      case 'loop':
        return this.loop(step)
      case 'if':
        return this.walk(step.condition.test(this.scope) ? step.then : step.else)
    }
  }

  private async loop(step: LoopStep): Promise<boolean> {
    const times = Math.min(
      step.max,
      typeof step.times === 'object' ? Number(step.times.render(this.scope, this.random)) : (step.times ?? step.max),
    )
    const until = step.forMs === undefined ? Number.POSITIVE_INFINITY : now() + step.forMs
    const outer = this.scope.loop
    for (let index = 0; index < times && now() < until; index += 1) {
      this.scope.loop = { index, count: index + 1, first: index === 0, last: index + 1 === times }
      if (step.condition && !step.condition.test(this.scope)) break
      if (!(await this.walk(step.steps))) return false
    }
    this.scope.loop = outer
    return true
  }

  private async attempt(step: MessageStep | RequestStep): Promise<boolean> {
    const job = this.job(step)
    const place: Place = { step: step.index, phase: this.start.phase, target: 0 }
    const exchange = await this.exchangeOnce(job, place)
    this.settle(exchange, job, place)
    this.due = exchange.endedAt
    if (exchange.outcome !== 'ok') this.failedInIteration = true
    return exchange.outcome !== 'cut'
  }

  private exchangeOnce(job: Job, place: Place): Promise<Exchange> {
    const startedAt = now()
    const first = this.current === undefined
    return new Promise((resolve, reject) => {
      let deadline: Deadline | undefined
      const exchange = new Exchange(this.due, job.reader, () => {
        deadline?.stop()
        resolve(exchange)
      })
      exchange.lagMs = first ? this.start.lagMs : startedAt - this.due
      exchange.queueWaitMs = first ? this.start.queueWaitMs : 0
      exchange.keepBody = this.keepsBody(job.step)
      this.current = exchange
      this.run.recorder.started(place, exchange.lagMs)
      deadline = new Deadline(exchange, startedAt, job.step.timeouts, job.generates)
      this.launch(job, exchange).catch(reject)
    })
  }

  private keepsBody(step: MessageStep | RequestStep): boolean {
    return step.kind === 'request' || step.checks.length > 0 || step.captures.length > 0 || this.run.readsReplyJson
  }

  private async launch(job: Job, exchange: Exchange): Promise<void> {
    let request: unknown
    try {
      request = job.request()
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error
      exchange.fail('local_template', 'send', error.message)
      return
    }
    await this.line.send(request, exchange)
  }

  private job(step: MessageStep | RequestStep): Job {
    return step.kind === 'message' ? this.messageJob(step) : this.requestJob(step)
  }

  private requestJob(step: RequestStep): Job {
    const { connector, options } = this.line.target
    return {
      step,
      reader: plainReader(),
      generates: false,
      prompt: '',
      request: () => connector.fromStep(step.request.render(this.scope, this.random), this.line.address(), options),
    }
  }

  private messageJob(step: MessageStep): Job {
    const { target } = this.line
    const content = attemptRender(() => step.content.render(this.scope, this.random))
    const mapping = target.mapping.static ? target.mapping.render({}) : undefined
    return {
      step,
      reader: createReader(target.dialect, mapping ?? target.mapping.render(this.scope, this.random), target.chat.stream),
      generates: target.chat.stream,
      prompt: content.text,
      request: () => {
        if (content.error) throw content.error
        const body = target.dialect.encode(
          this.turns(content.text),
          this.chatOptions(),
          mapping ?? target.mapping.render(this.scope, this.random),
        )
        return target.connector.fromMessage(body, this.line.address(), target.options)
      },
    }
  }

  private chatOptions() {
    const { chat, body } = this.line.target
    return body.static ? chat : { ...chat, body: body.render(this.scope, this.random) as Record<string, unknown> }
  }

  private turns(content: string): Turn[] {
    const system = this.plan.conversation.system?.render(this.scope, this.random)
    return this.conversation.withMessage(system, content)
  }

  /** Judges, captures, records and lets go of a settled attempt. */
  private settle(exchange: Exchange, job: Job, place: Place): void {
    const reply = new Reply(exchange, () => this.scope)
    if (job.step.judgesStatus) exchange.waiveStatus()
    this.scope.reply = reply.toScope()
    const checks = exchange.outcome === 'ok' ? this.check(job.step.checks, reply) : []
    if (exchange.outcome === 'ok') this.capture(job, reply)
    if (exchange.outcome === 'ok' && job.step.kind === 'message') {
      this.conversation.remember(job.prompt, exchange.text)
      this.describeConversation()
    }
    if (exchange.outcome !== 'ok') this.line.cancel(exchange)
    this.run.settled({ exchange, place, checks, session: this.id, start: this.start, prompt: job.prompt })
  }

  private capture(job: Job, reply: Reply): void {
    const missing = takeCaptures(job.step.captures, reply, this.scope)
    if (missing) reply.exchange.overrule('capture_failed', `nothing found for "${missing.variable}" at ${missing.written}`)
  }

  private check(checks: readonly PlannedCheck[], reply: Reply): CheckOutcome[] {
    return checks.map((planned, index) => {
      const check = 'check' in planned ? planned.check : planned.compile(planned.tree.render(this.scope, this.random))
      const { passed, observed } = check.evaluate(reply)
      // A missed latency objective is counted, but the reply was good: dropping it would make the percentiles look better.
      if (!passed && !check.objective) reply.exchange.overrule('check_failed', `${planned.label}: ${observed}`)
      return { index, passed, objective: check.objective, observed }
    })
  }
}

const NO_REPLY = Object.freeze({
  text: '',
  reasoning: '',
  status: null,
  headers: {},
  ok: false,
  error: null,
  finish: null,
  tokens: null,
  json: null,
})

/** A message that cannot be rendered must still be an attempt: its error is kept for when the attempt exists. */
function attemptRender(render: () => string): { text: string; error?: TemplateError } {
  try {
    return { text: render() }
  } catch (error) {
    if (error instanceof TemplateError) return { text: '', error }
    throw error
  }
}
