/** Replies in which a server says how long its parts took, read by a dialect. */
import { completeServerTimes } from '../../src/dialects/parts/server-times.ts'
import type { Exchange } from '../../src/exchange.ts'
import { feed, JSON_TYPE, SSE } from './feed.ts'

export const USAGE = { prompt_tokens: 4, completion_tokens: 2 }

const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`

const delta = (content: string) => event({ choices: [{ delta: { content } }] })

/** Sent at 1, and ended with the last delivery, in the feed's own time. */
export function settled(exchange: Exchange): Exchange {
  Object.assign(exchange, { sentAt: 1, firstByteAt: 10, endedAt: exchange.lastActivityAt })
  completeServerTimes(exchange)
  return exchange
}

/** A streamed reply of three deliveries: sent at 1, first token at 10, the end at 30. */
export function streamed(last: object, headers: Record<string, string> = {}): Exchange {
  const end = `${event({ choices: [{ delta: {}, finish_reason: 'stop' }] })}${event(last)}data: [DONE]\n\n`
  const exchange = feed({ dialect: 'openai-chat', headers: { ...SSE, ...headers } }, [delta('a'), delta('b'), end])
  return settled(exchange)
}

/** A whole reply, which comes at 10. */
export function whole(more: object, headers: Record<string, string> = {}): Exchange {
  const reply = { choices: [{ message: { content: 'a b' }, finish_reason: 'stop' }], usage: USAGE, ...more }
  const exchange = feed({ dialect: 'openai-chat', streaming: false, headers: { ...JSON_TYPE, ...headers } }, [
    JSON.stringify(reply),
  ])
  return settled(exchange)
}
