/** One simulated user: its variables, conversation, random stream and lines to the targets. An iteration is one walk through the steps. */
import { setTimeout as sleep } from 'node:timers/promises'
import { now } from '../clock.ts'
import { ExpressionError } from '../language/expression.ts'
import { TemplateError } from '../language/template.ts'
import { createRandom, type Random } from '../random.ts'
import type { LoopStep, MessageStep, Plan, PlannedFlow, PlannedGroup, PlannedStep, RequestStep } from '../scenario/plan.ts'
import { Attempts } from './attempts.ts'
import { Conversation } from './conversation.ts'
import { Line } from './line.ts'
import type { IterationOutcome, IterationStart, RunContext } from './run-context.ts'
import { fillScope, type Variables } from './user-scope.ts'

export class Session {
  readonly id: number
  private readonly run: RunContext
  private readonly plan: Plan
  private readonly random: Random
  private readonly group: PlannedGroup | undefined
  private readonly conversation: Conversation
  private readonly scope: Variables = {}
  private readonly lines: (Line | undefined)[] = []
  private readonly attempts: Attempts
  private iterationsDone = 0
  private start: IterationStart = { intended: 0, queueWaitMs: 0, phase: 0, iteration: 0 }
  /** When the next thing in this iteration is due. */
  private due = 0
  private failedInIteration = false
  private firstExchange = true
  /** The iteration has taken too long: its next step ends it. */
  private expired = false
  private expiresAt = Number.POSITIVE_INFINITY

  constructor(run: RunContext, id: number) {
    this.run = run
    this.plan = run.plan
    this.id = id
    this.random = createRandom(run.plan.seed, 'user', id)
    this.conversation = new Conversation(run.plan.conversation)
    const group = pickWeighted(run.plan.groups, createRandom(run.plan.seed, 'group', id))
    this.group = run.plan.groups[group]
    this.attempts = new Attempts(run, {
      id,
      group: Math.max(0, group),
      random: this.random,
      scope: this.scope,
      conversation: this.conversation,
      lineOf: (target) => this.lineOf(target),
    })
  }

  private lineOf(index: number): Line {
    const known = this.lines[index]
    if (known) return known
    const target = this.plan.targets[index]
    if (!target) throw new Error(`the plan has no target ${index}`)
    const line = new Line(target, {
      userId: this.id,
      baseDir: this.plan.baseDir,
      random: this.random,
      scope: this.scope,
      group: this.group,
      conversation: this.conversation,
      conversationPlan: this.plan.conversation,
      events: this.run.connectionEvents,
      mockOrigin: this.run.mockOrigins.get(target.name),
      credentials: this.run.credentials(index),
    })
    this.lines[index] = line
    return line
  }

  /** Walks through the steps once. Never rejects for what the target does. */
  async iterate(start: IterationStart): Promise<IterationOutcome> {
    return this.walkOnce(start, () => this.pickFlow().steps)
  }

  /** Walks through steps of its own, such as those of setup; returns the variables that are left. */
  async iterateAside(
    start: IterationStart,
    steps: readonly PlannedStep[],
  ): Promise<{ outcome: IterationOutcome; variables: Variables }> {
    const outcome = await this.walkOnce(start, () => steps)
    return { outcome, variables: { ...this.scope } }
  }

  private async walkOnce(start: IterationStart, pick: () => readonly PlannedStep[]): Promise<IterationOutcome> {
    this.start = start
    this.due = start.intended
    this.failedInIteration = false
    this.firstExchange = true
    this.expired = false
    const timer = this.watch()
    try {
      if (!this.beginIteration()) return 'cut'
      const finished = await this.walk(pick())
      if (!finished && !this.failedInIteration) return 'cut'
      return this.failedInIteration ? 'failed' : 'completed'
    } catch (error) {
      if (!(error instanceof TemplateError) && !(error instanceof ExpressionError)) throw error
      this.run.scenarioFault(error.message)
      return 'failed'
    } finally {
      clearTimeout(timer)
      this.iterationsDone += 1
    }
  }

  /** Ends an iteration that takes too long. */
  private watch(): NodeJS.Timeout | undefined {
    const { iterationMs } = this.plan
    this.expiresAt = Number.POSITIVE_INFINITY
    if (iterationMs === undefined || this.start.aside) return undefined
    this.expiresAt = now() + iterationMs
    return setTimeout(() => {
      this.expired = true
      this.failedInIteration = true
      this.attempts.expire(iterationMs)
    }, iterationMs)
  }

  /** When the last iteration was over: the next one of a closed loop is due then. */
  get dueNext(): number {
    return this.due
  }

  /** Cuts what is in flight. */
  cut(): void {
    this.attempts.cut()
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.lines.map((line) => line?.close()))
  }

  /** False when there is no row left for it. */
  private beginIteration(): boolean {
    if (this.plan.conversation.resetEachIteration) {
      this.conversation.reset()
      for (const line of this.lines) line?.forget()
    }
    // Setup and teardown are no iterations: they take no rows.
    const rows = this.start.aside ? {} : this.run.nextRows(this.id)
    if (!rows) return false
    const facts = {
      plan: this.plan,
      userId: this.id,
      group: this.group,
      iteration: this.start.iteration,
      ofUser: this.iterationsDone,
      random: this.random,
      shared: this.run.shared,
      rows: { ...rows, ...this.identity() },
    }
    fillScope(this.scope, facts, this.conversation)
    return true
  }

  /** The user's own row of identities, when some target has them. */
  private identity(): Variables {
    for (const target of this.plan.targets.keys()) {
      const identity = this.run.credentials(target)?.identity(Math.max(0, this.id))
      if (identity) return { identity }
    }
    return {}
  }

  private pickFlow(): PlannedFlow {
    const { flows } = this.plan
    const index = flows.length === 1 ? 0 : pickWeighted(flows, this.random)
    const flow = flows[index]
    if (!flow) throw new Error('a plan has at least one flow')
    return flow
  }

  /** False when the iteration ends before its last step. */
  private async walk(steps: readonly PlannedStep[]): Promise<boolean> {
    for (const step of steps) {
      if (this.expired || (this.run.control.state !== 'running' && !this.start.aside)) return false
      // Steps are an order: each needs what the one before it left.
      if (!(await this.take(step))) return false
    }
    return true
  }

  private async take(step: PlannedStep): Promise<boolean> {
    switch (step.kind) {
      case 'message':
      case 'request':
        return this.exchange(step)
      case 'delay':
        this.due += step.draw(this.random)
        // An iteration that waited for a free user thinks no less for it.
        return this.start.aside
          ? this.sleepAside()
          : this.run.control.sleepUntil(Math.min(this.expiresAt, this.due + (this.firstExchange ? this.start.queueWaitMs : 0)))
      case 'set':
        Object.assign(this.scope, step.values.render(this.scope, this.random) as Variables)
        return true
      case 'loop':
        return this.loop(step)
      case 'if':
        return this.walk(step.condition.test(this.scope) ? step.then : step.else)
    }
  }

  /** Teardown runs after the load has stopped, and its think times with it. */
  private async sleepAside(): Promise<boolean> {
    await sleep(Math.max(0, this.due - now()))
    return true
  }

  private async exchange(step: MessageStep | RequestStep): Promise<boolean> {
    const first = this.firstExchange
    this.firstExchange = false
    const { result, endedAt } = await this.attempts.take(step, this.start, this.due, first)
    this.due = endedAt
    if (result === 'failed' || result === 'abort') this.failedInIteration = true
    return result === 'ok' || result === 'failed'
  }

  private async loop(step: LoopStep): Promise<boolean> {
    const times = Math.min(step.max, this.timesOf(step))
    const until = step.forMs === undefined ? Number.POSITIVE_INFINITY : now() + step.forMs
    const outer = this.scope.loop
    const outerIndex = this.scope.index
    for (let index = 0; index < times && now() < until; index += 1) {
      this.scope.loop = { index, count: index + 1, first: index === 0, last: index + 1 === times }
      this.scope.index = index
      if (step.condition && !step.condition.test(this.scope)) break
      if (!(await this.walk(step.steps))) return false
    }
    restore(this.scope, 'loop', outer)
    restore(this.scope, 'index', outerIndex)
    return true
  }

  private timesOf({ times, max }: LoopStep): number {
    if (typeof times !== 'object') return times ?? max
    const text = times.render(this.scope, this.random)
    const count = Number(text)
    if (Number.isInteger(count) && count >= 0 && text.trim() !== '') return count
    throw new TemplateError(`loop.times is "${text.slice(0, 40)}", expected a whole number`, { line: 1, column: 1 })
  }
}

function restore(scope: Variables, name: string, value: unknown): void {
  if (value === undefined) delete scope[name]
  else scope[name] = value
}

/** Index of one of `choices`, each as likely as its weight; −1 when there is none. */
function pickWeighted(choices: readonly { readonly weight: number }[], random: Random): number {
  const total = choices.reduce((sum, choice) => sum + choice.weight, 0)
  let left = random.next() * total
  const index = choices.findIndex(({ weight }) => {
    left -= weight
    return left < 0
  })
  return index === -1 ? choices.length - 1 : index
}
