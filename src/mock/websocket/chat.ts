/** The mock's simplest chat over a WebSocket: one message in, one reply out, complete or in pieces. */
import * as z from 'zod'
import { jsonIn } from '../../text/json.ts'
import { usageOf } from '../chat/chat.ts'
import { type ChatFormat, type MockError, type MockFrame, readJson } from '../chat/formats/format.ts'
import { simpleRateLimitHeaders } from '../chat/plain.ts'
import type { MockReply, MockTurn } from '../persona/reply.ts'

const chatMessage = z.object({
  message: z.string(),
  conversationId: z.string().optional(),
  stream: z.boolean().default(false),
  id: z.union([z.string(), z.number()]).optional(),
})

/**
 * The mock's chat format over WebSocket. `{message, conversationId?, stream?, id?}` is answered by `{reply, done: true, …}` or, with `stream: true`,
 * by several `{delta}` (for reasoning, `{reasoning}`) and one `{done: true, usage, …}`. Every message of a reply carries the `id` of its request, if
 * that had one.
 */
export const webSocketChat: ChatFormat = {
  name: 'ws-chat',
  matches: (method, path) => method === 'WS' && (path === '/ws/chat' || path === '/chat'),
  ask(request) {
    const { message, conversationId, stream, id } = readJson(request.body, chatMessage)
    const conversation = conversationId ?? request.headers['x-session-id'] ?? `conv-mock-${request.k}`
    const turns: MockTurn[] = [...(request.memory.recall(conversation) ?? []), { role: 'user', text: message }]
    const mark = id === undefined ? {} : { id }
    const ending = (reply: MockReply): object => {
      request.memory.keep(conversation, [...turns, { role: 'assistant', text: reply.text }])
      return { done: true, conversationId: conversation, ...mark, ...usageOf(reply) }
    }
    return {
      turns,
      // WebSocket messages need no framing; `ndjson` only marks the reply as several messages.
      framing: stream ? 'ndjson' : undefined,
      frames: (reply) => [...pieces(reply, mark), { kind: 'end', dueMs: reply.endMs, data: ending(reply) }],
      whole: (reply) => ({ reply: reply.text, ...ending(reply) }),
    }
  },
  errorBody: (error, request) => ({ ...webSocketError(error), ...idOf(request.body) }),
  errorFrames: (error, request) => [{ kind: 'end', dueMs: 0, data: { ...webSocketError(error), ...idOf(request.body) } }],
  rateLimitHeaders: simpleRateLimitHeaders,
  ping: { kind: 'ping', dueMs: 0, data: 'ping' },
}

/**
 * Returns the message by which the mock reports an error over a WebSocket. The message contains the HTTP status, because WebSocket messages have no
 * status line.
 */
export function webSocketError({ status, message }: MockError): object {
  const code = status === 429 ? 'rate_limited' : status < 500 ? 'bad_request' : 'server_error'
  return { error: { code, message, status } }
}

function pieces(reply: MockReply, mark: object): MockFrame[] {
  return reply.units.map(({ kind, text, delayMs }) => ({
    kind: 'unit',
    dueMs: delayMs,
    data: { [kind === 'reasoning' ? 'reasoning' : 'delta']: text, ...mark },
  }))
}

/** Returns an object with the `id` of a message; empty when the message has none or is not JSON. */
function idOf(body: string): { id?: string | number } {
  const parsed = z.object({ id: z.union([z.string(), z.number()]) }).safeParse(jsonIn(body))
  return parsed.success ? parsed.data : {}
}
