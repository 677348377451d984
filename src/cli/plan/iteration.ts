/** What one iteration of a plan does: how many attempts of each step, how long it thinks, how long it takes. */
import { createRandom } from '../../random.ts'
import type { LoopStep, MessageStep, Plan, PlannedFlow, PlannedStep } from '../../scenario/compile/plan.ts'
import { add, either, exactly, isExact, NOTHING, type Range, times } from './range.ts'

/** Draws from which the mean of a think time is taken. */
const DRAWS = 500
/** Message steps that are followed when the text of a conversation is estimated. */
const MAX_FOLLOWED = 2000

export interface IterationForecast {
  /** Attempts of one iteration, retries left out. */
  readonly attempts: Range
  /** Of each step of the load, in the order in which they are written. */
  readonly steps: readonly { readonly name: string; readonly attempts: Range }[]
  /** Mean think time, ms; null when it depends on the replies. */
  readonly thinkMs: number | null
  /** Mean length with replies of the assumed time, ms. */
  readonly lengthMs: number | null
}

/** The mean of all flows, by their weights. `replyMs`: how long a reply is taken to last. */
export function forecastIteration(plan: Plan, replyMs: number): IterationForecast {
  const measured = plan.exchanges.filter((step) => !step.aside && !(step.kind === 'request' && step.leaves))
  const attempts = ofFlows(plan, (flow) => attemptsOf(flow.steps))
  const think = ofFlows(plan, (flow) => thinkOf(flow.steps, plan.seed, replyMs)).likely
  return {
    attempts,
    steps: measured.map(({ name, index }) => ({ name, attempts: ofFlows(plan, (flow) => attemptsOf(flow.steps, index)) })),
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

/** Attempts of some steps; of one exchange only when `only` says which. */
function attemptsOf(steps: readonly PlannedStep[], only?: number): Range {
  return steps.reduce((sum, step) => add(sum, attemptsOfStep(step, only)), NOTHING)
}

function attemptsOfStep(step: PlannedStep, only?: number): Range {
  if (step.kind === 'request' && step.leaves) return NOTHING
  if (step.kind === 'message' || step.kind === 'request') return exactly(only === undefined || step.index === only ? 1 : 0)
  if (step.kind === 'loop') return times(roundsOf(step), attemptsOf(step.steps, only))
  return step.kind === 'if' ? either(attemptsOf(step.then, only), attemptsOf(step.else, only)) : NOTHING
}

function roundsOf({ times: wanted, condition, forMs, max }: LoopStep): Range {
  const most = typeof wanted === 'number' ? Math.min(wanted, max) : max
  const fixed = typeof wanted === 'number' && condition === undefined && forMs === undefined
  return fixed ? exactly(most) : { least: 0, most, likely: null }
}

/** Mean think time; `likely` alone has a meaning. */
function thinkOf(steps: readonly PlannedStep[], seed: string, replyMs: number): Range {
  return steps.reduce((sum, step) => add(sum, thinkOfStep(step, seed, replyMs)), NOTHING)
}

function thinkOfStep(step: PlannedStep, seed: string, replyMs: number): Range {
  if (step.kind === 'delay') {
    const random = createRandom(seed, 'plan', 0)
    return exactly(Array.from({ length: DRAWS }, () => step.draw(random)).reduce((sum, ms) => sum + ms, 0) / DRAWS)
  }
  if (step.kind === 'loop') return times(roundsOf(step), thinkOf(step.steps, seed, replyMs))
  return step.kind === 'if' ? either(thinkOf(step.then, seed, replyMs), thinkOf(step.else, seed, replyMs)) : NOTHING
}

/** Tokens of one iteration at most, estimated: characters ÷ 4. */
export interface TokenForecast {
  readonly input: number
  readonly output: number
  /** In the currency of the prices; null when a target has none. */
  readonly cost: number | null
}

/** Prices of a million tokens, for targets that have none of their own. */
export interface Prices {
  readonly inputPer1M: number
  readonly outputPer1M: number
}

const NO_TOKENS: TokenForecast = { input: 0, output: 0, cost: 0 }

/** Undefined when a reply has no stated bound (`maxTokens`), or the steps depend on the replies. */
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

/** The message steps of a flow in the order of sending, loops unrolled; undefined when that is not fixed. */
function messagesOf(steps: readonly PlannedStep[]): MessageStep[] | undefined {
  const all: MessageStep[] = []
  for (const step of steps) {
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

function conversationTokens(
  plan: Plan,
  messages: readonly MessageStep[],
  standard: Prices | undefined,
): TokenForecast | undefined {
  const { system, keepTurns, maxTokens: window } = plan.conversation
  const fixed = system === undefined ? 0 : tokensOf(system.source)
  const turns: number[] = []
  let sum = NO_TOKENS
  for (const { content, target } of messages) {
    const { chat, pricing } = plan.targets[target] ?? {}
    const output = chat?.maxTokens
    if (output === undefined) return undefined
    const said = tokensOf(content.source) + (plan.suffix === undefined ? 0 : tokensOf(plan.suffix.source))
    const earlier = keepTurns === 0 ? 0 : turns.slice(-keepTurns).reduce((total, turn) => total + turn, 0)
    const input = Math.min(window, fixed + earlier + said)
    const prices = pricing ?? standard
    const cost = prices ? (input * prices.inputPer1M + output * prices.outputPer1M) / 1e6 : null
    sum = addTokens(sum, { input, output, cost }, 1)
    turns.push(said, output)
  }
  return sum
}
