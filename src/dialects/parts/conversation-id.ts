import type { Exchange } from '../../exchange.ts'

const ids = new WeakMap<Exchange, string>()

/**
 * Stores the conversation id that the server sent in a reply, so that the same user's next message can send it back. Ignores an id that is neither
 * text nor a number.
 */
export function noteConversationId(exchange: Exchange, id: unknown): void {
  if (typeof id === 'string' && id !== '') ids.set(exchange, id)
  else if (typeof id === 'number') ids.set(exchange, String(id))
}

/**
 * Returns the conversation id that the server sent in a reply; undefined when the reply had none at the path that the scenario gives in
 * `response.conversationId`.
 */
export function conversationIdOf(exchange: Exchange): string | undefined {
  return ids.get(exchange)
}
