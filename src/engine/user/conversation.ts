/** What one user remembers of its conversation, and what of that goes on the wire again. */
import type { Turn } from '../../dialects/parts/dialect.ts'
import type { PlannedConversation } from '../../scenario/compile/plan.ts'

/** How the size of a text in tokens is estimated. */
export const ESTIMATOR = 'characters ÷ 4'

/** Rough size of a text in tokens, for the window and `conversation.tokens`: never reported as a count. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 4)
}

export class Conversation {
  private turns: Turn[] = []
  private readonly plan: PlannedConversation
  /** Turns that the window left out, over the life of the user. */
  trimmed = 0
  /** Estimated tokens of the history. */
  tokens = 0
  /** What the target calls this conversation, once it has said so. */
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

  /** The turns to send for a new message: system prompt, what memory and window leave of the past, the message. */
  withMessage(system: string | undefined, content: string): Turn[] {
    const head: Turn[] = system === undefined ? [] : [{ role: 'system', content: system }]
    const message: Turn = { role: 'user', content }
    const kept = this.plan.keepTurns === Number.POSITIVE_INFINITY ? this.turns : lastTurns(this.turns, this.plan.keepTurns)
    const trimmed = this.trimToWindow(kept, [...head, message])
    this.trimmed += kept.length - trimmed.length
    return [...head, ...trimmed, message]
  }

  /** Keeps a question and its answer for later turns. */
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
    // An answer without its question says nothing, and several APIs refuse a conversation that begins with one.
    if (turns[from]?.role === 'assistant') from += 1
    return turns.slice(from)
  }
}

function lastTurns(turns: readonly Turn[], count: number): readonly Turn[] {
  return count === 0 ? [] : turns.slice(-count)
}
