/** What can be talked to over a WebSocket, by path. */
import * as z from 'zod'
import { jsonIn } from '../../text/json.ts'
import { type ChatFormat, type FormatRequest, type MockError, MockRefusal } from '../chat/formats/format.ts'
import { openaiResponses } from '../chat/formats/responses.ts'
import { webSocketChat, webSocketError } from './chat.ts'

/** One path that takes upgrades. A route without a format sends back what comes. */
export interface WebSocketRoute {
  readonly name: string
  readonly paths: readonly string[]
  readonly format: ChatFormat | undefined
  /** The body that the format is asked for; throws Refusal. */
  body(message: string): string
  /** An error as one message. */
  error(error: MockError, request: FormatRequest): object
  /** The answer to a message that is no request: it is not counted, delayed or broken. */
  aside(message: string): object | undefined
}

const echo: WebSocketRoute = {
  name: 'ws-echo',
  paths: ['/ws'],
  format: undefined,
  body: (message) => message,
  error: webSocketError,
  aside: () => undefined,
}

/** The answer to a first frame with credentials. */
const welcome = (message: string) => (typeOf(message) === 'authenticate' ? { type: 'authenticated' } : undefined)

/** The endpoint of Stream Testbench: whoever comes is let in, and each frame is answered with its own type and id. */
const sync: WebSocketRoute = { ...echo, name: 'ws-sync', paths: ['/ws/mobile/sync/', '/ws/mobile/sync'], aside: welcome }

const chat: WebSocketRoute = {
  name: 'ws-chat',
  paths: ['/ws/chat', '/chat'],
  format: webSocketChat,
  body: (message) => message,
  error: webSocketChat.errorBody,
  aside: welcome,
}

/** The body of a `response.create` is that of the POST, without `stream`: what comes back is always a stream. */
const responses: WebSocketRoute = {
  name: 'openai-responses-ws',
  paths: ['/v1/responses', '/openai/v1/responses'],
  format: openaiResponses,
  body(message) {
    const type = typeOf(message)
    if (type !== 'response.create') throw new MockRefusal(400, `expected type response.create, got ${type ?? 'none'}`)
    return JSON.stringify({ ...z.looseObject({}).parse(JSON.parse(message)), stream: true })
  },
  error: (error, request) => ({ type: 'error', status: error.status, ...openaiResponses.errorBody(error, request) }),
  aside: () => undefined,
}

const ROUTES: readonly WebSocketRoute[] = [echo, sync, chat, responses]

/** The route that takes upgrades at a path, or undefined. */
export function findWebSocketRoute(path: string): WebSocketRoute | undefined {
  return ROUTES.find((route) => route.paths.includes(path))
}

const typed = z.looseObject({ type: z.string() })

function typeOf(message: string): string | undefined {
  return typed.safeParse(jsonIn(message)).data?.type
}
