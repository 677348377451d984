/** The WebSocket routes of the mock by their path. */
import * as z from 'zod'
import { jsonIn } from '../../text/json.ts'
import { type ChatFormat, type FormatRequest, type MockError, MockRefusal } from '../chat/formats/format.ts'
import { openaiResponses } from '../chat/formats/responses.ts'
import { webSocketChat, webSocketError } from './chat.ts'

/** A path of the mock that accepts WebSockets. Received messages are chat requests in the given format or, without a format, are sent back. */
export interface WebSocketRoute {
  readonly name: string
  readonly paths: readonly string[]
  readonly format: ChatFormat | undefined
  /** Returns the request body in a WebSocket message, in the form that the chat format parses. @throws MockRefusal */
  body(message: string): string
  /** Returns the WebSocket message that reports an error. */
  error(error: MockError, request: FormatRequest): object
  /** Returns the immediate answer to a message that is not a request, such as a login; undefined for a request. */
  greeting(message: string): object | undefined
}

const echo: WebSocketRoute = {
  name: 'ws-echo',
  paths: ['/ws'],
  format: undefined,
  body: (message) => message,
  error: webSocketError,
  greeting: () => undefined,
}

/** Returns the answer to a login message; undefined for other messages. */
const welcome = (message: string) => (typeOf(message) === 'authenticate' ? { type: 'authenticated' } : undefined)

/** An endpoint as Stream Testbench has it: any login succeeds, and each message is answered with its own type and id. */
const sync: WebSocketRoute = { ...echo, name: 'ws-sync', paths: ['/ws/mobile/sync/', '/ws/mobile/sync'], greeting: welcome }

const chat: WebSocketRoute = {
  name: 'ws-chat',
  paths: ['/ws/chat', '/chat'],
  format: webSocketChat,
  body: (message) => message,
  error: webSocketChat.errorBody,
  greeting: welcome,
}

/**
 * The route for OpenAI Responses over WebSocket. A `response.create` message has the body of the POST request without `stream`, because replies are
 * always streamed.
 */
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
  greeting: () => undefined,
}

const ROUTES: readonly WebSocketRoute[] = [echo, sync, chat, responses]

/** Returns the mock's WebSocket route for a path; undefined for a path without one, where only a WebSocket for MQTT can be opened. */
export function findWebSocketRoute(path: string): WebSocketRoute | undefined {
  return ROUTES.find((route) => route.paths.includes(path))
}

const typed = z.looseObject({ type: z.string() })

function typeOf(message: string): string | undefined {
  return typed.safeParse(jsonIn(message)).data?.type
}
