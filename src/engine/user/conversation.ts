/** One user's conversation: its turns so far, and which of them are sent again with the next message. */
import type { ToolResult, Turn } from '../../dialects/parts/dialect.ts'
import type { GeneratedPrompt } from '../../payloads/prompt.ts'
import type { ToolCall } from '../../reply-record.ts'
import type { PlannedConversation } from '../../scenario/compile/plan.ts'
import type { AnsweredMessage } from '../../text-metrics/turns.ts'
import type { AskedTokens } from '../../usage.ts'

/** The method by which `estimateTokens` counts tokens, described in words for results. */
export const ESTIMATOR = 'characters ÷ 4'

/** Estimates the number of tokens of a text, for `conversation.window` and `conversation.tokens`. Results never state it as a measured number. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 4)
}

const NO_TURNS: readonly Turn[] = []

/** A conversation as the variable `conversation` shows it to templates and conditions. */
interface DescribedConversation {
  /** The id that the target gave the conversation; '' when it gave none. */
  readonly id: string
  readonly messageCount: number
  /** Number of messages in the conversation that have a reply. */
  readonly messageIndex: number
  /** Estimated tokens of the history, calls of tools and their results among them. */
  readonly tokens: number
  /** Number of messages that were left out of requests because of `conversation.window`. */
  readonly trimmed: number
  readonly lastUser: string
  readonly lastAssistant: string
  /** The whole conversation as text, each message on one or more lines. */
  readonly history: string
}

/** A turn of the history. Before a reply may stand the tool calls that led to it, with their results, which are sent along. */
interface RememberedTurn extends Turn {
  readonly before?: readonly Turn[]
}

/** The conversation of one user with one target: the messages and replies so far, which later requests send along. */
export class Conversation {
  private turns: RememberedTurn[] = []
  /** The present step's message with the tool calls and results that followed it, while tools are being answered; otherwise empty. */
  private open: Turn[] = []
  /** True when the history contains tool calls, so that each new message has to include them. */
  private hasCalls = false
  private readonly plan: PlannedConversation
  /** Number of turns that `conversation.window` left out of requests, since the user was made. */
  trimmed = 0
  /** Estimated number of tokens of the messages and replies so far. */
  tokens = 0
  private givenId: string | undefined
  /** The conversation as templates see it, kept until it changes, because every iteration has it as a variable. */
  private description: DescribedConversation | undefined

  constructor(plan: PlannedConversation) {
    this.plan = plan
  }

  get history(): readonly Turn[] {
    return this.turns
  }

  /** Id that the target gave this conversation; undefined until then. */
  get id(): string | undefined {
    return this.givenId
  }

  /** The conversation as templates and conditions see it now. */
  get described(): DescribedConversation {
    this.description ??= this.describe()
    return this.description
  }

  /** Returns the last `count` messages with their replies, including those that are no longer sent with requests. */
  answered(count: number): AnsweredMessage[] {
    const { turns } = this
    const first = Math.max(0, turns.length - 2 * count)
    return Array.from({ length: (turns.length - first) / 2 }, (_, index) => ({
      prompt: turns[first + 2 * index]?.content ?? '',
      text: turns[first + 2 * index + 1]?.content ?? '',
    }))
  }

  private describe(): DescribedConversation {
    const { turns, id = '', trimmed, tokens } = this
    return {
      id,
      messageCount: turns.length,
      messageIndex: Math.floor(turns.length / 2),
      tokens,
      trimmed,
      lastUser: turns.at(-2)?.content ?? '',
      lastAssistant: turns.at(-1)?.content ?? '',
      history: turns.map((turn) => `${turn.role}: ${turn.content}`).join('\n'),
    }
  }

  /** Takes the id that the target gave this conversation. */
  identify(id: string): void {
    this.givenId = id
    this.description = undefined
  }

  reset(): void {
    if (this.turns.length === 0 && this.givenId === undefined) return
    this.turns = []
    this.hasCalls = false
    this.tokens = 0
    this.givenId = undefined
    this.description = undefined
  }

  /** Returns the turns to send with a new message: the system prompt, the earlier turns that the settings keep, the message. */
  withMessage(system: string | undefined, message: Turn): Turn[] {
    const head: Turn[] = system === undefined ? [] : [{ role: 'system', content: system }]
    const kept = this.plan.keepTurns === Number.POSITIVE_INFINITY ? this.turns : lastTurns(this.turns, this.plan.keepTurns)
    const calls = this.open.length === 0 ? NO_TURNS : this.open.slice(1)
    const trimmed = this.trimToWindow(kept, [...head, message, ...calls])
    if (trimmed.length < kept.length) {
      this.trimmed += kept.length - trimmed.length
      this.description = undefined
    }
    return [...head, ...(this.hasCalls ? trimmed.flatMap(withCalls) : trimmed), message, ...calls]
  }

  /** The message whose reply called tools, while those are being answered; undefined otherwise. */
  get openMessage(): Turn | undefined {
    return this.open[0]
  }

  /** The tool calls in the last reply that have no result yet. */
  get calls(): readonly ToolCall[] {
    return this.open.at(-1)?.calls ?? []
  }

  /** The tool results that were sent last or are to be sent next; undefined when there are none. */
  get results(): readonly ToolResult[] | undefined {
    return this.open.at(-1)?.results
  }

  /** Number of replies with tool calls that have been answered in the present step. */
  get roundsAnswered(): number {
    return this.open.reduce((count, { results }) => count + (results ? 1 : 0), 0)
  }

  /** Forgets tool calls and results that an earlier step has not finished. Called at the beginning of each step. */
  beginStep(): void {
    this.open = []
  }

  /** Keeps a reply that calls tools, until the step is over. */
  keepCalls(message: Turn, content: string, calls: readonly ToolCall[]): void {
    if (this.open.length === 0) this.open.push(message)
    this.open.push({ role: 'assistant', content, calls })
  }

  /** Adds the results of tools to the tool calls of the last reply. */
  answerCalls(results: readonly ToolResult[]): void {
    this.open.push({ role: 'user', content: '', results })
  }

  /** Adds a message and its reply to the history, together with the tool calls and results between them. */
  remember(message: Turn, reply: string): void {
    if (this.plan.keepTurns === 0) return
    const before = this.open.slice(1)
    if (before.length > 0) this.hasCalls = true
    const answer: RememberedTurn = { role: 'assistant', content: reply, ...(before.length === 0 ? {} : { before }) }
    this.turns.push(message, answer)
    this.tokens += turnTokens(message) + turnTokens(answer)
    this.description = undefined
  }

  private trimToWindow(turns: readonly RememberedTurn[], fixed: readonly Turn[]): readonly RememberedTurn[] {
    const { maxTokens, maxMessages } = this.plan
    // Without a limit in tokens nothing is counted: a message is sent with all turns before it.
    const count = maxTokens === Number.POSITIVE_INFINITY ? () => 0 : turnTokens
    let tokens = fixed.reduce((sum, turn) => sum + count(turn), 0)
    for (const turn of turns) tokens += count(turn)
    let from = Math.max(0, turns.length + 1 - maxMessages)
    for (const turn of turns.slice(0, from)) tokens -= count(turn)
    for (let turn = turns[from]; turn && tokens > maxTokens; turn = turns[from]) {
      tokens -= count(turn)
      from += 1
    }
    // Several APIs refuse a conversation that begins with a reply, and a reply without its message has no meaning.
    if (turns[from]?.role === 'assistant') from += 1
    return turns.slice(from)
  }
}

function lastTurns(turns: readonly RememberedTurn[], count: number): readonly RememberedTurn[] {
  return count === 0 ? [] : turns.slice(-count)
}

/**
 * Returns how many tokens the scenario asks for in one request: in the generated prompt, in the whole input, and in the reply (`output`). Text of the
 * message around the prompt is estimated. A number that is not known is undefined; for the input, that is so when earlier turns or attachments are
 * sent along.
 */
export function askedIn(turns: readonly Turn[], prompt: GeneratedPrompt | undefined, output: number | undefined): AskedTokens {
  const sent = turns.at(-1)?.role === 'user' ? prompt : undefined
  return { prompt: sent?.tokens, input: sent && inputOf(turns, sent), output }
}

function inputOf(turns: readonly Turn[], { text, salt, tokens }: GeneratedPrompt): number | undefined {
  const { content: message = '', parts } = turns.at(-1) ?? {}
  const system = turns[0]?.role === 'system' ? turns[0].content : ''
  if (turns.length > (system === '' ? 1 : 2) || !message.includes(text) || parts?.some((part) => typeof part !== 'string'))
    return undefined
  const around = message.length - text.length + salt.length
  return tokens + Math.ceil((system.length + around) / 4)
}

/** Returns a turn, preceded by the tool calls and results that led to it. */
function withCalls({ before, ...turn }: RememberedTurn): Turn[] {
  return before ? [...before, turn] : [turn]
}

/** Estimates the number of tokens of a turn, including its tool calls and their results. */
function turnTokens({ content, calls, results, before }: RememberedTurn): number {
  if (!calls && !results && !before) return estimateTokens(content)
  return estimateTokens(content) + callTokens(calls, results, before)
}

function callTokens(calls: Turn['calls'] = [], results: Turn['results'] = [], before: readonly Turn[] = []): number {
  const inside = [...calls.map((call) => call.arguments), ...results.map(({ text }) => text)]
  const all = inside.reduce((sum, text) => sum + estimateTokens(text), 0)
  return before.reduce((sum, turn) => sum + turnTokens(turn), all)
}
