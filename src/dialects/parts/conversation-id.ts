import type { Exchange } from '../../exchange.ts'

const ids = new WeakMap<Exchange, string>()

/** Stores the conversation id of a reply in its exchange, for the next message; ids that are no text or number are ignored. */
export function noteConversationId(exchange: Exchange, id: unknown): void {
  if (typeof id === 'string' && id !== '') ids.set(exchange, id)
  else if (typeof id === 'number') ids.set(exchange, String(id))
}

/** Returns the conversation id that the reply had at `response.conversationId`; undefined when it had none. */
export function conversationIdOf(exchange: Exchange): string | undefined {
  return ids.get(exchange)
}
