/** The mock's simplest chat API, for scenarios without a provider: one message in, one reply out. Three of its routes fail on purpose. */
import * as z from 'zod'
import type { MockReply, MockTurn } from '../persona/reply.ts'
import type { MockOverrides } from '../persona/settings.ts'
import { type ChatFormat, type FormatRequest, readJson } from './formats/format.ts'
import { simpleError, simpleRateLimitHeaders } from './plain.ts'

const chatBody = z.object({ message: z.string(), conversationId: z.string().optional() })

/**
 * The paths at which the mock server accepts chat requests in its own format. Each is mapped to the settings that only this path has, such as status
 * 500 at `/error`; undefined for a path without such settings.
 */
export const CHAT_ROUTES: Readonly<Record<string, MockOverrides | undefined>> = {
  '/chat': undefined,
  '/slow': { slowHeadersMs: 5000 },
  '/error': { status: 500 },
  '/timeout': { stallRate: 1, faultAfter: 0 },
}

/**
 * The mock server's own chat format, at `/chat` and the other paths in `CHAT_ROUTES`. A request is `POST` with `{message, conversationId?}`, or `GET
 * ?message=`. The mock remembers conversations.
 */
export const chat: ChatFormat = {
  name: 'chat',
  matches: (method, path) => (method === 'POST' || method === 'GET') && Object.hasOwn(CHAT_ROUTES, path),
  ask(request) {
    const { message, conversationId } = readMessage(request)
    const id = conversationId ?? request.headers['x-session-id'] ?? `conv-mock-${request.k}`
    const turns: MockTurn[] = [...(request.memory.recall(id) ?? []), { role: 'user', text: message }]
    return {
      turns,
      framing: undefined,
      frames: () => [],
      whole(reply) {
        request.memory.keep(id, [...turns, { role: 'assistant', text: reply.text }])
        return { reply: reply.text, conversationId: id, ...usageOf(reply) }
      },
    }
  },
  errorBody: simpleError,
  errorFrames: (error) => [{ kind: 'end', dueMs: 0, data: simpleError(error) }],
  rateLimitHeaders: simpleRateLimitHeaders,
  ping: undefined,
}

/**
 * Returns the chat message in a request to the mock's `/chat` or `/sse`, from the JSON body (POST) or the query (GET; '' when there is none).
 * @throws MockRefusal for an invalid body
 */
export function readMessage(request: FormatRequest): z.output<typeof chatBody> {
  if (request.method === 'POST') return readJson(request.body, chatBody)
  const conversationId = request.query.get('conversationId')
  return { message: request.query.get('message') ?? '', ...(conversationId === null ? {} : { conversationId }) }
}

/**
 * Returns an object with the token counts (`usage`) and the finish reason (`finish`) of one of the mock's replies, as the mock's own chat format has
 * them.
 */
export function usageOf({ usage, finish }: MockReply): object {
  return { usage, finish }
}
