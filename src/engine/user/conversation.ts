/** One user's conversation: its turns so far, and which of them are sent again with the next message. */
import type { Turn } from '../../dialects/parts/dialect.ts'
import type { PlannedConversation } from '../../scenario/compile/plan.ts'

/** The name of the method by which `estimateTokens` counts, as the result gives it. */
export const ESTIMATOR = 'characters ÷ 4'

/** Returns a rough number of tokens of a text, for `conversation.window` and the variable `conversation.tokens`; never reported as measured. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 4)
}

/** The messages and replies of one user with one target, which its later requests include. */
export class Conversation {
  private turns: Turn[] = []
  private readonly plan: PlannedConversation
  /** Turns that the window left out, over the life of the user. */
  trimmed = 0
  /** Estimated tokens of the history. */
  tokens = 0
  /** Id that the target gave this conversation; undefined until then. */
  id: string | undefined

  constructor(plan: PlannedConversation) {
    this.plan = plan
  }

  get history(): readonly Turn[] {
    return this.turns
  }

  reset(): void {
    this.turns = []
    this.tokens = 0
    this.id = undefined
  }

  /** Returns the turns to send with a new message: the system prompt, the earlier turns that the settings keep, the message. */
  withMessage(system: string | undefined, content: string): Turn[] {
    const head: Turn[] = system === undefined ? [] : [{ role: 'system', content: system }]
    const message: Turn = { role: 'user', content }
    const kept = this.plan.keepTurns === Number.POSITIVE_INFINITY ? this.turns : lastTurns(this.turns, this.plan.keepTurns)
    const trimmed = this.trimToWindow(kept, [...head, message])
    this.trimmed += kept.length - trimmed.length
    return [...head, ...trimmed, message]
  }

  /** Adds a message and its reply to the history. */
  remember(content: string, reply: string): void {
    if (this.plan.keepTurns === 0) return
    this.turns.push({ role: 'user', content }, { role: 'assistant', content: reply })
    this.tokens += estimateTokens(content) + estimateTokens(reply)
  }

  private trimToWindow(turns: readonly Turn[], fixed: readonly Turn[]): readonly Turn[] {
    const { maxTokens, maxMessages } = this.plan
    let tokens = [...fixed, ...turns].reduce((sum, turn) => sum + estimateTokens(turn.content), 0)
    let from = Math.max(0, turns.length + 1 - maxMessages)
    for (const turn of turns.slice(0, from)) tokens -= estimateTokens(turn.content)
    for (; from < turns.length && tokens > maxTokens; from += 1) tokens -= estimateTokens(turns[from]?.content ?? '')
    // Several APIs refuse a conversation that begins with an answer, and without its question it has no meaning.
    if (turns[from]?.role === 'assistant') from += 1
    return turns.slice(from)
  }
}

function lastTurns(turns: readonly Turn[], count: number): readonly Turn[] {
  return count === 0 ? [] : turns.slice(-count)
}
