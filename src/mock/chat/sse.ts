import type { MockReply } from '../persona/reply.ts'
import { readMessage, usageOf } from './chat.ts'
import { type ChatFormat, COMMENT_PING, type MockFrame } from './formats/format.ts'
import { simpleError, simpleRateLimitHeaders } from './plain.ts'

/**
 * The mock's plain event stream, at `GET /sse?message=` or `POST /sse` with `{message}`: unnamed events with pieces of text, then `event: done`.
 * Reasoning, if any, comes in events named `reasoning`.
 */
export const sse: ChatFormat = {
  name: 'sse',
  matches: (method, path) => (method === 'POST' || method === 'GET') && path === '/sse',
  ask(request) {
    const { message } = readMessage(request)
    return {
      turns: [{ role: 'user', text: message }],
      framing: 'sse',
      frames: eventFrames,
      whole: (reply) => ({ text: reply.text, ...usageOf(reply) }),
    }
  },
  errorBody: simpleError,
  errorFrames: (error) => [{ kind: 'end', dueMs: 0, event: 'error', data: simpleError(error) }],
  rateLimitHeaders: simpleRateLimitHeaders,
  ping: COMMENT_PING,
}

function eventFrames(reply: MockReply): MockFrame[] {
  const units = reply.units.map(
    (unit): MockFrame => ({
      kind: 'unit',
      dueMs: unit.delayMs,
      ...(unit.kind === 'reasoning' ? { event: 'reasoning' } : {}),
      data: { text: unit.text },
    }),
  )
  return [...units, { kind: 'end', dueMs: reply.endMs, event: 'done', data: usageOf(reply) }]
}
