/** The interface of the mock's API formats, and helpers that several share. */
import * as z from 'zod'
import { jsonIn } from '../../../text/json.ts'
import type { Memory } from '../../persona/memory.ts'
import type { MockReply, MockTurn } from '../../persona/reply.ts'

/** How the frames of a stream are separated: as server-sent events, one JSON value per line, or one JSON array. */
export type MockFraming = 'sse' | 'ndjson' | 'json-array'

/** What the mock has sent of a reply so far; times in ms after the complete request. */
export interface SentSoFar {
  /** Number of frames sent, without pings. */
  readonly frames: number
  readonly firstTokenMs: number
  readonly nowMs: number
}

/** One frame of a streamed reply, such as a piece of generated text (kind `unit`) or part of the reply's end (kind `end`). */
export interface MockFrame {
  readonly kind: 'meta' | 'unit' | 'end' | 'ping'
  /** When the frame is due, in ms after the complete request. */
  readonly dueMs: number
  /** Event name, in event streams that use names. A ping without a name is a comment line. */
  readonly event?: string
  /** The content: literal text, an object written as JSON, or a function of what was sent before. */
  readonly data: string | object | ((sent: SentSoFar) => object)
}

/** An HTTP request to the mock, in the form that its API formats read. */
export interface FormatRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string>>
  /** The body as text, of bounded length. */
  readonly body: string
  readonly memory: Memory
  /** Number of the request, from 0; used to make ids. */
  readonly k: number
}

/** A parsed chat request: the turns of its conversation, and functions that write the reply in its API format. */
export interface Asked {
  readonly turns: readonly MockTurn[]
  /** The largest number of output tokens, when the request has a bound. */
  readonly limit?: number
  /** Framing of the streamed reply; undefined for a single JSON body. */
  readonly framing: MockFraming | undefined
  frames(reply: MockReply): MockFrame[]
  whole(reply: MockReply, sent: SentSoFar): object
}

/** An error with which the mock answers: its status and message, which the API format writes as an error body. */
export interface MockError {
  readonly status: number
  readonly message: string
  readonly retryAfterSeconds?: number
}

/** One chat API that the mock imitates: recognises its requests, parses them, and writes replies and errors. */
export interface ChatFormat {
  readonly name: string
  matches(method: string, path: string): boolean
  /** Parses a request. @throws MockRefusal when it cannot be served */
  ask(request: FormatRequest): Asked
  errorBody(error: MockError, request: FormatRequest): object
  /** The frames of an error inside a stream, after HTTP 200. */
  errorFrames(error: MockError, request: FormatRequest): MockFrame[]
  /** Further headers of a 429 reply, besides Retry-After. */
  rateLimitHeaders(seconds: number): Record<string, string>
  /** Set when a 429 reply names the wait only in its body, without Retry-After. */
  readonly saysWaitInBody?: true
  /** A frame without content that may come between others, as a keep-alive; undefined where the format has none. */
  readonly ping: MockFrame | undefined
}

/** Thrown for a request that the mock rejects. It is answered with `status` and the error body of the API format. */
export class MockRefusal extends Error {
  override name = 'Refusal'
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** A ping in an event stream, sent as a comment line. */
export const COMMENT_PING: MockFrame = { kind: 'ping', dueMs: 0, data: 'ping' }

/** Parses a JSON body by a schema. @throws MockRefusal with status 400 that names the first wrong field */
export function readJson<T>(body: string, schema: z.ZodType<T>): T {
  const value = jsonIn(body)
  if (value === undefined) throw new MockRefusal(400, 'the body is not JSON')
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new MockRefusal(400, `${issue?.path.join('.') || 'body'}: ${issue?.message}`)
}

/** The schema of a message's content, which becomes one text: a string, or a list whose parts with `text` are joined. */
export const content = z
  .union([z.string(), z.array(z.union([z.string(), z.looseObject({ text: z.string().optional() })])), z.null()])
  .optional()
  .transform((value) => {
    if (!Array.isArray(value)) return value ?? ''
    return value.map((part) => (typeof part === 'string' ? part : (part.text ?? ''))).join('')
  })

/** The schema of a message with role and content, as most chat APIs write it. */
export const message = z.object({ role: z.string(), content })

/** Converts messages to turns of a conversation. Unknown roles become user, `developer` system, and `model` assistant. */
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

/** Returns the creation time in the reply to request `k`, in s since 1970; the same in every run, so that replies are equal. */
export function createdAt(k: number): number {
  return 1_700_000_000 + k
}

/** Returns `{ limit }`, or an empty object when there is no limit. */
export function limited(limit: number | null | undefined): { limit?: number } {
  return limit === null || limit === undefined ? {} : { limit }
}
