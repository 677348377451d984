/** The interface of the mock's API formats, and helpers that several share. */
import * as z from 'zod'
import { jsonIn } from '../../../text/json.ts'
import type { Memory } from '../../persona/memory.ts'
import type { MockReply, MockTurn } from '../../persona/reply.ts'
import type { OfferedTools } from '../../persona/tools.ts'

/**
 * The stream format in which the mock writes a reply: server-sent events, one JSON value per line, the items of one JSON array, or AWS's binary
 * messages.
 */
export type MockFraming = 'sse' | 'ndjson' | 'json-array' | 'event-stream'

/**
 * How much of a streamed reply the mock has sent so far, and when. Times are in ms since the mock began to answer: after the request's wait in the
 * mock's queue and the delay `slowHeadersMs`, if any.
 */
export interface SentSoFar {
  /** Number of frames sent, without pings. */
  readonly frames: number
  readonly firstTokenMs: number
  readonly nowMs: number
}

/**
 * One frame of a streamed reply of the mock: a piece of generated text (kind `unit`), a part of the reply's end (`end`), a keep-alive
 * (`ping`) or other data (`meta`).
 */
export interface MockFrame {
  readonly kind: 'meta' | 'unit' | 'end' | 'ping'
  /** When the frame is due, in ms since the mock began to answer, counted like the times of `SentSoFar`. */
  readonly dueMs: number
  /** Name of the server-sent event; undefined for none. A ping without a name is written as a comment line. */
  readonly event?: string
  /** The content: literal text, an object to write as JSON, or a function that makes such an object from `SentSoFar`. */
  readonly data: string | object | ((sent: SentSoFar) => object)
}

/** An HTTP request to the mock, as its chat formats read it: method, path, query, headers and body. */
export interface FormatRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string>>
  /** The request body as text, of limited length. */
  readonly body: string
  readonly memory: Memory
  /** Number of the request in order of arrival, from 0; ids in the reply contain it. */
  readonly k: number
}

/** A parsed chat request to the mock: the messages of the conversation, and functions that write the mock's reply in the format of the API. */
export interface Asked {
  readonly turns: readonly MockTurn[]
  /** The largest number of output tokens that the request allows; undefined when it sets no limit. */
  readonly limit?: number
  /** The tools that the request offers; undefined for an API without tools. */
  readonly offered?: OfferedTools
  /** How the frames of a streamed reply are written; undefined when the reply is a single JSON body. */
  readonly framing: MockFraming | undefined
  frames(reply: MockReply): MockFrame[]
  whole(reply: MockReply, sent: SentSoFar): object
}

/** The HTTP status and message of an error that the mock replies with. Each chat API that the mock imitates writes its own error body from these. */
export interface MockError {
  readonly status: number
  readonly message: string
  readonly retryAfterSeconds?: number
}

/** One chat API that the mock imitates: it recognises and parses the API's requests, and writes replies and errors in the API's format. */
export interface ChatFormat {
  readonly name: string
  matches(method: string, path: string): boolean
  /** Returns the parsed request. @throws MockRefusal when the mock cannot answer it */
  ask(request: FormatRequest): Asked
  errorBody(error: MockError, request: FormatRequest): object
  /** Returns the frames that report an error in a stream that has begun with HTTP 200. */
  errorFrames(error: MockError, request: FormatRequest): MockFrame[]
  /** Returns the rate-limit headers of a 429 reply, without Retry-After; the limit resets in `seconds`. */
  rateLimitHeaders(seconds: number): Record<string, string>
  /** True when a 429 reply says only in its body how long to wait, and has no Retry-After header. */
  readonly saysWaitInBody?: true
  /** The keep-alive frame without content that may come between others; undefined when the API has none. */
  readonly ping: MockFrame | undefined
}

/** Thrown when the mock refuses a request. The client gets an error reply with `status`, in the format of the API. */
export class MockRefusal extends Error {
  override name = 'Refusal'
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** A keep-alive frame that the mock sends in a stream of server-sent events: a comment line. */
export const COMMENT_PING: MockFrame = { kind: 'ping', dueMs: 0, data: 'ping' }

/**
 * Parses the JSON body of a request to the mock by a schema.
 * @throws MockRefusal with status 400 and a message that names the first wrong field, or says that the body is not JSON
 */
export function readJson<T>(body: string, schema: z.ZodType<T>): T {
  const value = jsonIn(body)
  if (value === undefined) throw new MockRefusal(400, 'the body is not JSON')
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new MockRefusal(400, `${issue?.path.join('.') || 'body'}: ${issue?.message}`)
}

/**
 * A schema for the content of a chat message in a request to the mock: a string, or a list of parts; null or no content becomes ''. Parts are joined
 * to one text, in which a part that is not text is named by its type in brackets, such as [image_url].
 */
export const content = z
  .union([z.string(), z.array(z.union([z.string(), z.looseObject({ text: z.string().optional() })])), z.null()])
  .optional()
  .transform((value) => {
    if (!Array.isArray(value)) return value ?? ''
    return value.map((part) => (typeof part === 'string' ? part : (part.text ?? named(part)))).join('')
  })

/** Returns how the mock mentions a part that is not text: by its type or, if it has none, by its first key. */
function named(part: Readonly<Record<string, unknown>>): string {
  return ` [${typeof part.type === 'string' ? part.type : (Object.keys(part)[0] ?? 'part')}] `
}

/** A schema for a chat message (role and content) in a request to the mock, as most chat APIs have it. */
export const message = z.object({ role: z.string(), content })

/**
 * Converts the messages of a chat request to the mock from the format of any API to one common form. The roles `developer` and `tool` become system,
 * `model` becomes assistant, and unknown roles become user.
 */
export function toTurns(messages: readonly { role: string; content: string }[]): MockTurn[] {
  return messages.map(({ role, content: text }) => ({ role: ROLES[role] ?? 'user', text }))
}

const ROLES: Record<string, MockTurn['role']> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  model: 'assistant',
  tool: 'system',
}

/**
 * Returns the creation time that the mock states in its reply to request number `k`, in s since 1970. The time depends only on `k`, so that the
 * replies are the same in every run.
 */
export function createdAt(k: number): number {
  return 1_700_000_000 + k
}

/**
 * Returns `{ limit }`, the largest number of output tokens that a request to the mock allows; an empty object when the request sets no limit (null
 * or undefined).
 */
export function limited(limit: number | null | undefined): { limit?: number } {
  return limit === null || limit === undefined ? {} : { limit }
}

/** A schema for a tool (function) that a request offers to the mock, in the form of OpenAI's chat API. */
export const functionTool = z.object({ function: z.object({ name: z.string(), parameters: z.unknown() }) })

/**
 * Counts the rounds of tool calls at the end of a conversation: how many times the mock replied with calls and the client sent their results.
 * `isCall` recognises an item with calls, `isResult` one with a result; what comes before the last item that is neither is ignored.
 */
export function answeredSince<T>(items: readonly T[], isResult: (item: T) => boolean, isCall: (item: T) => boolean): number {
  let rounds = 0
  for (let at = items.length - 1; at >= 0; at -= 1) {
    const item = items[at]
    if (item === undefined || !(isResult(item) || isCall(item))) break
    const after = items[at + 1]
    if (isCall(item) && after !== undefined && isResult(after)) rounds += 1
  }
  return rounds
}

/**
 * Counts the rounds of tool calls at the end of a conversation, as `answeredSince` does. Suits APIs in which a message has its calls in `tool_calls`,
 * and a message with `role: tool` is a result.
 */
export function toolRoundsIn(messages: readonly { readonly role: string; readonly tool_calls?: unknown }[]): number {
  return answeredSince(
    messages,
    ({ role }) => role === 'tool',
    (one) => one.tool_calls !== undefined,
  )
}
