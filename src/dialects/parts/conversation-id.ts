import type { Exchange } from '../../exchange.ts'

const ids = new WeakMap<Exchange, string>()

/** Stores the conversation id of a reply with its exchange, for the next message; ids that are neither text nor number are ignored. */
export function noteConversationId(exchange: Exchange, id: unknown): void {
  if (typeof id === 'string' && id !== '') ids.set(exchange, id)
  else if (typeof id === 'number') ids.set(exchange, String(id))
}

/** The conversation id from the path `response.conversationId` of the reply; undefined when the reply has none. */
export function conversationIdOf(exchange: Exchange): string | undefined {
  return ids.get(exchange)
}
