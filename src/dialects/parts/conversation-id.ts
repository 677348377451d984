/** Keeps the conversation id that a reply contains, so that the next message can send it. */
import type { Exchange } from '../../exchange.ts'

const ids = new WeakMap<Exchange, string>()

/** Stores the conversation id of a reply with its exchange; an id that is neither a text nor a number is ignored. */
export function noteConversationId(exchange: Exchange, id: unknown): void {
  if (typeof id === 'string' && id !== '') ids.set(exchange, id)
  else if (typeof id === 'number') ids.set(exchange, String(id))
}

/** The conversation id from the path `response.conversationId` of the reply; undefined when the reply has none. */
export function conversationIdOf(exchange: Exchange): string | undefined {
  return ids.get(exchange)
}
