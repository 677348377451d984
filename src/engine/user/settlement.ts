import { conversationIdOf } from '../../dialects/parts/conversation-id.ts'
import type { Exchange } from '../../exchange.ts'
import type { AttemptDimensions, CheckOutcome } from '../../metrics/recorder.ts'
import type { IterationStart } from '../schedule/scheduled-user.ts'
import { chargeToEarlier, chargeToFault, faultsOnWire, isInjected } from './fault/charge.ts'
import { type HookFindings, UserHooks } from './hooks/user-hooks.ts'
import type { AttemptUser, Job } from './jobs.ts'
import { refusalOf } from './message/tool-results.ts'
import { checkReply } from './reply/check-reply.ts'
import { price } from './reply/cost.ts'
import { noteRateLimits } from './reply/quotas.ts'
import { Repeats } from './reply/repeated-replies.ts'
import { Reply, secretsAmong, takeCaptures, takeFrom } from './reply/reply.ts'
import { addReplyWarnings, completeServerTimes } from './reply/reply-warnings.ts'
import type { RunContext } from './run-context.ts'

/** An attempt whose exchange has settled. */
interface EndedAttempt {
  readonly exchange: Exchange
  readonly job: Job
  readonly dimensions: AttemptDimensions
  readonly start: IterationStart
  /** The attempt's number within its step: 1 for the first try, more for retries. */
  readonly attempt: number
  /** True when the attempt is in the totals: it belongs to no warm-up, setup or teardown. */
  readonly counts: boolean
}

const NO_CHECKS: readonly CheckOutcome[] = []

/** Handles the reply of each attempt of one user: checks the reply, stores captured variables, computes the cost, and records the outcome. */
export class Settlement {
  private readonly run: RunContext
  private readonly user: AttemptUser
  /** Calls the hooks of plugins around an attempt; undefined when no plugin has any. */
  readonly hooks: UserHooks | undefined
  private readonly repeats = new Repeats()
  /** Number of the iteration whose reply was last offered to the sample for the judge; `ofIteration` is how many of its replies were. */
  private iteration = -1
  private ofIteration = 0

  constructor(run: RunContext, user: AttemptUser) {
    this.run = run
    this.user = user
    this.hooks = run.hooks && new UserHooks(run.hooks, user)
  }

  /** Finishes an attempt as `settle` does, including what `afterReceive` hooks return for its reply; then calls the hook `onError` if it failed. */
  async settleHooked(ended: EndedAttempt, hooks: UserHooks): Promise<void> {
    const { exchange, job, start, attempt } = ended
    const number = { iteration: start.iteration, attempt }
    const reply = new Reply(exchange, this.user.scope, job.step.kind === 'message', job.prompt, this.user.conversation)
    this.settle(ended, await hooks.after(job, exchange, reply.toScope(), number))
    if (exchange.outcome === 'failed') hooks.failed(job, exchange, number)
  }

  /**
   * Finishes an attempt: checks its reply, takes captures, adds it to the conversation, and records the outcome. `found` is what hooks have captured.
   */
  settle({ exchange, job, dimensions, start, attempt, counts }: EndedAttempt, found?: HookFindings): void {
    const { scope } = this.user
    // This comes before the checks, because a complete reply leaves its connection usable whatever the checks say.
    if (exchange.outcome !== 'ok') job.client.cancel(exchange)
    const answersMessage = job.step.kind === 'message' && exchange.outcome === 'ok'
    const { dialect, pricing } = job.client.target
    if (answersMessage && !dialect.isTextless) addReplyWarnings(exchange)
    if (exchange.outcome === 'ok') completeServerTimes(exchange)
    const reply = new Reply(exchange, scope, answersMessage, job.message?.content, this.user.conversation)
    this.run.limits.quotas.onReply(dimensions.target, exchange)
    // No warning for a redirect that made the attempt fail, or whose status the scenario checks.
    if (job.step.checksStatus || exchange.outcome !== 'ok') exchange.withdrawWarning('redirect_not_followed')
    if (job.step.checksStatus) exchange.waiveStatus()
    price(exchange, pricing, dialect.isTextless)
    if (this.run.plan.readsReply) scope.reply = reply.toScope()
    if (found) this.takeFound(found, start.setupOrTeardown === true)
    const callsTools = this.takeCalls(job, exchange)
    const checks = exchange.outcome === 'ok' ? checkReply(job.step.checks, reply, this.user, callsTools) : NO_CHECKS
    const { quality } = this.run
    if (found?.failure) exchange.overrule(found.failure.class, found.failure.message)
    const isAnswer = answersMessage && !callsTools
    const toolRound = job.step.kind === 'message' && job.step.tools ? this.user.conversation.roundsAnswered : 0
    if (exchange.outcome === 'ok' && !callsTools) this.capture(job, reply, start.setupOrTeardown === true)
    // When it is known what became of the attempt, and before the conversation has this turn.
    const sampledAs = answersMessage && counts ? this.offer(reply, callsTools, job.step.name, start.iteration) : undefined
    if (quality && isAnswer && counts && reply.text !== '') {
      const place = { user: this.user.id, iteration: start.iteration, attempt }
      quality.add({ ...measured(reply, job.step.name, place), ...(sampledAs && { sampledAs }) })
    }
    if (exchange.outcome === 'ok') this.remember(job, reply, callsTools)
    const repeated = isAnswer && this.repeats.sees(start.iteration, exchange.text)
    if (repeated && counts) this.run.recorder.repeated += 1
    if (job.fault !== undefined || exchange.wireFaults !== undefined) chargeToFault(exchange, job.fault)
    this.run.wireFaults?.charge(exchange, job.client.openingFaults, counts)
    if (exchange.afterFault) chargeToEarlier(exchange)
    const onWire = this.run.wireFaults === undefined ? '' : faultsOnWire(exchange, job.client.openingFaults)
    const counted = onWire === '' ? dimensions : this.run.recorder.onWire(dimensions, onWire)
    job.client.settled(exchange)
    if (!isInjected(exchange.failure)) noteRateLimits(exchange, this.run.recorder.rateLimits[dimensions.target])
    this.run.settled({
      exchange,
      dimensions: counted,
      checks,
      session: this.user.id,
      start,
      prompt: job.prompt,
      message: job.message,
      toolRound,
      callsAnswered: callsTools,
      attempt,
      repeated,
    })
  }

  /** Offers a reply that is still ok, after checks and captures, to the judge's sample. Returns its place there; undefined when it was not offered. */
  private offer(reply: Reply, callsAnswered: boolean, step: string, iteration: number): readonly number[] | undefined {
    const { gradedSample } = this.run
    if (gradedSample === undefined || !reply.canBeScored(callsAnswered)) return undefined
    this.ofIteration = iteration === this.iteration ? this.ofIteration + 1 : 1
    this.iteration = iteration
    const place = [iteration, this.ofIteration]
    const { prompt, text } = reply
    gradedSample.offerReply(place, step, () => ({ step, prompt, text, earlier: reply.earlier() }))
    return place
  }

  /** Keeps the tool calls of a reply, and returns true, if the scenario answers them. Fails the attempt when they cannot be answered. */
  private takeCalls({ step }: Job, exchange: Exchange): boolean {
    const tools = step.kind === 'message' ? step.tools : undefined
    if (!tools?.replies || exchange.outcome !== 'ok' || exchange.toolCallCount === 0) return false
    const refused = refusalOf(exchange.toolCalls, tools, this.user.conversation.roundsAnswered)
    if (refused) exchange.overrule(refused.class, refused.message)
    return true
  }

  private remember(job: Job, reply: Reply, callsTools: boolean): void {
    const { conversation, scope } = this.user
    const { id } = this.run.plan.conversation
    if (conversation.id === undefined) {
      const found = id ? takeFrom(id.source, reply) : conversationIdOf(reply.exchange)
      if (found !== undefined && found !== null) conversation.identify(String(found))
    }
    const { exchange } = reply
    if (job.message && callsTools) conversation.keepCalls(job.message, exchange.text, exchange.toolCalls)
    else if (job.message) conversation.remember(job.message, exchange.text)
    scope.conversation = conversation.described
  }

  /** Stores the variables that hooks have captured. With `isOnce` (setup and teardown), secrets among them are reported so that they are masked. */
  private takeFound({ captures }: HookFindings, isOnce: boolean): void {
    Object.assign(this.user.scope, captures)
    const named = Object.keys(captures).map((variable) => ({ variable, written: '' }))
    if (isOnce) for (const secret of secretsAmong(named, captures)) this.run.onSecret(secret)
  }

  private capture({ step: { captures } }: Job, reply: Reply, isOnce: boolean): void {
    const { scope } = this.user
    const missing = takeCaptures(captures, reply, scope)
    // For steps that every iteration repeats, the list of secrets to mask would grow without limit.
    if (isOnce) for (const secret of secretsAmong(captures, scope)) this.run.onSecret(secret)
    if (missing) reply.exchange.overrule('capture_failed', `nothing found for "${missing.variable}" at ${missing.written}`)
  }
}

function measured(reply: Reply, step: string, of: { user: number; iteration: number; attempt: number }) {
  const { finishReason, refused, endedAt, intended, cost, outcome } = reply.exchange
  const { prompt, text } = reply
  const place = { ...of, endedAt }
  const paid = outcome === 'ok' && cost !== undefined ? { cost } : {}
  const latencyMs = endedAt - intended
  return { place, step, prompt, text, latencyMs, finishReason, refused, earlier: reply.earlier(), ...paid }
}
