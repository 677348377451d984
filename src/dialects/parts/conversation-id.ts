import type { Exchange } from '../../exchange.ts'

const ids = new WeakMap<Exchange, string>()

/** Stores the server's conversation id from a reply, so that the next message can send it. An id that is neither a text nor a number is ignored. */
export function noteConversationId(exchange: Exchange, id: unknown): void {
  if (typeof id === 'string' && id !== '') ids.set(exchange, id)
  else if (typeof id === 'number') ids.set(exchange, String(id))
}

/** Returns the server's conversation id from a reply; undefined when the reply had none at the mapped path `response.conversationId`. */
export function conversationIdOf(exchange: Exchange): string | undefined {
  return ids.get(exchange)
}
