/** The id under which the target keeps a conversation, read from a reply so that the next message can name it. */
import type { Exchange } from '../../exchange.ts'

const ids = new WeakMap<Exchange, string>()

/** Remembers the id that a reply gave, for as long as its exchange lives. */
export function noteConversationId(exchange: Exchange, id: unknown): void {
  if (typeof id === 'string' && id !== '') ids.set(exchange, id)
  else if (typeof id === 'number') ids.set(exchange, String(id))
}

/** The conversation id that the reply held at `response.conversationId` of its mapping; undefined when none. */
export function conversationIdOf(exchange: Exchange): string | undefined {
  return ids.get(exchange)
}
