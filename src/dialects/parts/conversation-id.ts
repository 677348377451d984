import type { Exchange } from '../../exchange.ts'

const ids = new WeakMap<Exchange, string>()

/** Stores the conversation id from a reply, to be sent with the next message; ignored unless it is a text or a number. */
export function noteConversationId(exchange: Exchange, id: unknown): void {
  if (typeof id === 'string' && id !== '') ids.set(exchange, id)
  else if (typeof id === 'number') ids.set(exchange, String(id))
}

/** Returns the conversation id that the reply held at the path `response.conversationId`; undefined when it held none. */
export function conversationIdOf(exchange: Exchange): string | undefined {
  return ids.get(exchange)
}
