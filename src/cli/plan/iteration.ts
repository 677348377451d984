import type { AskedLength } from '../../payloads/index.ts'
import { createRandom, type Random } from '../../random.ts'
import type {
  AttemptStep,
  LoopStep,
  MessageStep,
  Plan,
  PlannedFlow,
  PlannedGroup,
  PlannedStep,
} from '../../scenario/compile/plan.ts'
import { add, either, exactly, isExact, NOTHING, type Range, times } from './range.ts'

/** Number of samples from which the mean of a random think time is computed. */
const DRAWS = 500
/** The largest number of message steps that are followed to estimate the length of a conversation. */
const MAX_FOLLOWED = 2000

/**
 * What one iteration of a scenario would do, for `burn plan`: how many attempts it makes, how much think time it has, and how long it takes. Times
 * are in ms. In a scenario with several flows (alternative lists of steps), the likely values are means over these.
 */
export type IterationForecast = ReturnType<typeof forecastIteration>

/**
 * Computes what one iteration would do, for `burn plan`: its attempts, think time and length. In a scenario with several flows (alternative lists of
 * steps), each counts by its weight. `replyMs` is the assumed time until a reply is complete.
 */
export function forecastIteration(plan: Plan, replyMs: number) {
  const measured = plan.exchanges.filter((step) => !step.setupOrTeardown && !(step.kind === 'request' && step.leaves))
  const attempts = ofFlows(plan, (flow) => attemptsOf(flow.steps))
  const think = ofFlows(plan, (flow) => thinkOf(flow.steps, plan.seed, replyMs)).likely
  return {
    /** The number of attempts in one iteration, without retries. `steps` has the same for each step. */
    attempts,
    steps: measured.map((step) => ({
      name: step.name,
      attempts: ofFlows(plan, (flow) => attemptsOf(flow.steps, step.index)),
      /** How many replies that call tools are answered, each with one more attempt; left out of steps that answer none. */
      ...(roundsOfTools(step) > 0 && { toolRounds: roundsOfTools(step) }),
    })),
    /** The mean think time of an iteration in ms; null when it depends on the replies. `lengthMs` is null then, too. */
    thinkMs: think,
    lengthMs: think === null || attempts.likely === null ? null : think + attempts.likely * replyMs,
  }
}

function ofFlows({ flows }: Plan, measure: (flow: PlannedFlow) => Range): Range {
  const total = flows.reduce((sum, { weight }) => sum + weight, 0)
  const parts = flows.map((flow) => ({ range: measure(flow), share: flow.weight / total }))
  const likely = parts.map(({ range, share }) => (range.likely === null ? null : range.likely * share))
  return {
    least: Math.min(...parts.map(({ range }) => range.least)),
    most: Math.max(...parts.map(({ range }) => range.most)),
    likely: likely.includes(null) ? null : likely.reduce<number>((sum, part) => sum + (part ?? 0), 0),
  }
}

/** Returns the number of attempts that steps make. With `only`, counts those of the exchange with that index. */
function attemptsOf(steps: readonly PlannedStep[], only?: number): Range {
  return steps.reduce((sum, step) => add(sum, attemptsOfStep(step, only)), NOTHING)
}

function attemptsOfStep(step: PlannedStep, only?: number): Range {
  if (step.kind === 'request' && step.leaves) return NOTHING
  if (step.kind === 'message' || step.kind === 'request')
    return only === undefined || step.index === only ? requestsOf(step) : NOTHING
  if (step.kind === 'loop') return times(roundsOf(step), attemptsOf(step.steps, only))
  return step.kind === 'if' ? either(attemptsOf(step.then, only), attemptsOf(step.else, only)) : NOTHING
}

/** Requests of a step without retries: a reply that calls tools leads to one more, as long as calls are answered. */
function requestsOf(step: AttemptStep): Range {
  const rounds = roundsOfTools(step)
  return rounds === 0 ? exactly(1) : { least: 1, most: 1 + rounds, likely: null }
}

const roundsOfTools = (step: AttemptStep) => (step.kind === 'message' && step.tools?.replies ? step.tools.rounds : 0)

function roundsOf({ times: planned, condition, forMs, max }: LoopStep): Range {
  const drawn = typeof planned === 'object' && 'draw' in planned ? planned : undefined
  const most = typeof planned === 'number' ? Math.min(planned, max) : Math.min(drawn?.most ?? max, max)
  if (condition !== undefined || forMs !== undefined) return { least: 0, most, likely: null }
  if (typeof planned === 'number') return exactly(most)
  return drawn
    ? { least: 1, most, likely: meanOf((random) => Math.min(max, drawn.draw(random))) }
    : { least: 0, most, likely: null }
}

/** Returns the mean of 500 random values that `draw` makes. */
function meanOf(draw: (random: Random) => number, seed = 'plan'): number {
  const random = createRandom(seed, 'plan', 0)
  return Array.from({ length: DRAWS }, () => draw(random)).reduce((sum, value) => sum + value, 0) / DRAWS
}

/** Returns the mean think time of the steps in ms as the value `likely`; `least` and `most` have no meaning. */
function thinkOf(steps: readonly PlannedStep[], seed: string, replyMs: number): Range {
  return steps.reduce((sum, step) => add(sum, thinkOfStep(step, seed, replyMs)), NOTHING)
}

function thinkOfStep(step: PlannedStep, seed: string, replyMs: number): Range {
  if (step.kind === 'delay') return exactly(meanOf((random) => step.draw(random), seed))
  if (step.kind === 'loop') return times(roundsOf(step), thinkOf(step.steps, seed, replyMs))
  return step.kind === 'if' ? either(thinkOf(step.then, seed, replyMs), thinkOf(step.else, seed, replyMs)) : NOTHING
}

/** The largest number of tokens that one iteration may use, and what they cost. The tokens of a text are estimated as its characters ÷ 4. */
export interface TokenForecast {
  readonly input: number
  readonly output: number
  /** The cost in the currency of the prices; null when a target has no price. */
  readonly cost: number | null
}

/** The prices per million tokens that `burn plan` assumes for targets without prices in the scenario. */
export interface Prices {
  readonly inputPer1M: number
  readonly outputPer1M: number
}

const NO_TOKENS: TokenForecast = { input: 0, output: 0, cost: 0 }

/**
 * Computes how many tokens one iteration may use at most, and what they cost; of several flows (alternative lists of steps), the mean by weight.
 * Undefined if the length of a reply has no limit such as `maxTokens`, if steps depend on replies, or if no message is sent.
 */
export function forecastTokens(plan: Plan, prices: Prices | undefined): TokenForecast | undefined {
  const total = plan.flows.reduce((sum, { weight }) => sum + weight, 0)
  let sum = NO_TOKENS
  for (const flow of plan.flows) {
    const messages = messagesOf(flow.steps)
    const tokens = messages && conversationTokens(plan, messages, prices)
    if (!tokens) return undefined
    sum = addTokens(sum, tokens, flow.weight / total)
  }
  return sum.output === 0 ? undefined : sum
}

function addTokens(sum: TokenForecast, more: TokenForecast, share: number): TokenForecast {
  return {
    input: sum.input + more.input * share,
    output: sum.output + more.output * share,
    cost: sum.cost === null || more.cost === null ? null : sum.cost + more.cost * share,
  }
}

/** Returns the message steps of a flow in the order in which they are sent, with loops unrolled; undefined when the order depends on the replies. */
function messagesOf(steps: readonly PlannedStep[]): MessageStep[] | undefined {
  const all: MessageStep[] = []
  for (const step of steps) {
    if (step.kind === 'message' && !isExact(requestsOf(step))) return undefined
    if (step.kind === 'message') all.push(step)
    if (step.kind === 'if') return undefined
    if (step.kind !== 'loop') continue
    const rounds = roundsOf(step)
    const inner = messagesOf(step.steps)
    if (!inner || !isExact(rounds) || all.length + rounds.most * inner.length > MAX_FOLLOWED) return undefined
    for (let round = 0; round < rounds.most; round += 1) all.push(...inner)
  }
  return all
}

const tokensOf = (text: string) => Math.ceil(text.length / 4)

/**
 * Estimates the tokens of a message as it is written in the scenario; undefined for one with an attachment, whose tokens each model counts in its own
 * way.
 */
function writtenTokens(content: MessageStep['content']): number | undefined {
  if ('source' in content) return tokensOf(content.source)
  const texts = content.flatMap((part) => ('text' in part ? [part.text.source] : []))
  return texts.length < content.length ? undefined : tokensOf(texts.join('\n'))
}

function conversationTokens(
  plan: Plan,
  messages: readonly MessageStep[],
  standard: Prices | undefined,
): TokenForecast | undefined {
  const { system, keepTurns, maxTokens: window } = plan.conversation
  const fixed = system === undefined ? 0 : tokensOf(system.source)
  const turns: number[] = []
  let sum = NO_TOKENS
  for (const { content, target, prompt } of messages) {
    const { chat, pricing, replyTokens } = plan.targets[target] ?? {}
    const ownOutput = chat?.maxTokens ?? mostAsked(replyTokens)
    const output = mostOf(plan.groups, ({ replyTokens: own }) => (own ? mostAsked(own) : ownOutput), ownOutput)
    const ownPrompt = prompt ? prompt.maker.most : 0
    const generated = mostOf(
      plan.groups,
      ({ promptTokens: own }) => (own && prompt ? prompt.maker.mostOf(own) : ownPrompt),
      ownPrompt,
    )
    const written = writtenTokens(content)
    if (output === undefined || generated === undefined || written === undefined) return undefined
    const said = generated + written + (plan.suffix === undefined ? 0 : tokensOf(plan.suffix.source))
    const earlier = keepTurns === 0 ? 0 : turns.slice(-keepTurns).reduce((total, turn) => total + turn, 0)
    const input = Math.min(window, fixed + earlier + said)
    const prices = pricing ?? standard
    const cost = prices ? (input * prices.inputPer1M + output * prices.outputPer1M) / 1e6 : null
    sum = addTokens(sum, { input, output, cost }, 1)
    turns.push(said, output)
  }
  return sum
}

/** Returns the largest value of any group of users or, without groups, the value `without`; undefined when one of these values is. */
function mostOf(
  groups: readonly PlannedGroup[],
  of: (group: PlannedGroup) => number | undefined,
  without: number | undefined,
): number | undefined {
  const each = groups.length === 0 ? [without] : groups.map(of)
  return each.includes(undefined) ? undefined : Math.max(...each.map((most) => most ?? 0))
}

/** Returns the largest length that a scenario asks for, in tokens; undefined when a template decides it, or there is no limit. */
function mostAsked(asked: AskedLength | undefined): number | undefined {
  return asked && 'lengths' in asked ? asked.lengths.most : undefined
}
