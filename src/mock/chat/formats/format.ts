/** What one API format of the mock must offer, and what several of them share. */
import * as z from 'zod'
import { jsonIn } from '../../../text/json.ts'
import type { Memory } from '../../persona/memory.ts'
import type { MockReply, MockTurn } from '../../persona/reply.ts'

/** How the frames of a stream are told apart: event stream, one JSON per line, or one JSON array in pieces. */
export type MockFraming = 'sse' | 'ndjson' | 'json-array'

/** What was really sent so far; times in ms after the complete request. */
export interface SentSoFar {
  /** Frames before this one, pings left out. */
  readonly frames: number
  readonly firstTokenMs: number
  readonly nowMs: number
}

/** One frame of a stream. `unit` frames carry generated text, `end` frames belong to the end of the reply. */
export interface MockFrame {
  readonly kind: 'meta' | 'unit' | 'end' | 'ping'
  /** When it is due, in ms after the complete request. */
  readonly dueMs: number
  /** Name of the event, in event streams that have names. A ping without a name is a comment. */
  readonly event?: string
  /** JSON, a text as it is, or JSON that needs to know what was sent before. */
  readonly data: string | object | ((sent: SentSoFar) => object)
}

/** A request as the formats see it. */
export interface FormatRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string>>
  /** The body as text; bounded. */
  readonly body: string
  readonly memory: Memory
  /** Number of the request, from 0; makes ids. */
  readonly k: number
}

/** An understood request: what was said, and how the reply is to be written. */
export interface Asked {
  readonly turns: readonly MockTurn[]
  /** Upper bound on output tokens, when the request names one. */
  readonly limit?: number
  /** How the reply is framed; undefined for one whole JSON body. */
  readonly framing: MockFraming | undefined
  frames(reply: MockReply): MockFrame[]
  whole(reply: MockReply, sent: SentSoFar): object
}

/** An error that the mock answers with, in no format yet. */
export interface MockError {
  readonly status: number
  readonly message: string
  readonly retryAfterSeconds?: number
}

/** One API format: which requests are its own, how to read them, how to write replies and errors. */
export interface ChatFormat {
  readonly name: string
  matches(method: string, path: string): boolean
  /** Reads a request; throws Refusal when it cannot be served. */
  ask(request: FormatRequest): Asked
  errorBody(error: MockError, request: FormatRequest): object
  /** What an error looks like after HTTP 200, inside the stream. */
  errorFrames(error: MockError, request: FormatRequest): MockFrame[]
  /** Headers of a 429 beside Retry-After. */
  rateLimitHeaders(seconds: number): Record<string, string>
  /** The wait stands in the body of the error alone: there is no Retry-After. */
  readonly tellsWaitInBody?: true
  /** A frame that may come between others and means nothing; undefined where the format has none. */
  readonly ping: MockFrame | undefined
}

/** The client's request cannot be served; answered with `status` in the format's own error body. */
export class MockRefusal extends Error {
  override name = 'Refusal'
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Comment line of event streams. */
export const COMMENT_PING: MockFrame = { kind: 'ping', dueMs: 0, data: 'ping' }

/** Reads a JSON body by its schema. Throws Refusal 400 that names the first wrong field. */
export function readJson<T>(body: string, schema: z.ZodType<T>): T {
  const value = jsonIn(body)
  if (value === undefined) throw new MockRefusal(400, 'the body is not JSON')
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new MockRefusal(400, `${issue?.path.join('.') || 'body'}: ${issue?.message}`)
}

/** Content of a message: a text, or parts of which those with a `text` count. */
export const content = z
  .union([z.string(), z.array(z.union([z.string(), z.looseObject({ text: z.string().optional() })])), z.null()])
  .optional()
  .transform((value) => {
    if (!Array.isArray(value)) return value ?? ''
    return value.map((part) => (typeof part === 'string' ? part : (part.text ?? ''))).join('')
  })

/** Role and text of one message, in the words of most formats. */
export const message = z.object({ role: z.string(), content })

/** Turns a format's messages into turns; unknown roles count as user, `developer` as system, `model` as assistant. */
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

/** Seconds since 1970 in replies: made from the request number, so that the same run gives the same bytes. */
export function createdAt(k: number): number {
  return 1_700_000_000 + k
}

/** An `Asked` without a limit must not have the key at all. */
export function limited(limit: number | null | undefined): { limit?: number } {
  return limit === null || limit === undefined ? {} : { limit }
}
