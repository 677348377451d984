import { framers } from '../framing/index.ts'
import { parseJson } from '../parts/json.ts'

/** The form of a reply: one JSON document, server-sent events, NDJSON lines, or a text that is not JSON. */
export type ReplyForm = 'json' | 'sse' | 'ndjson' | 'text'

/** The JSON documents that a reply consists of, and its form (one document, server-sent events, NDJSON lines). */
export interface Documents {
  readonly form: ReplyForm
  /** The parsed documents: the only one, or those events of a stream that are objects or lists. */
  readonly values: readonly unknown[]
  /** The text of every event, JSON or not; for a reply that is one document, its whole text. */
  readonly events: readonly string[]
}

/** A value inside a JSON reply, together with the JSONPath that leads to it. */
export interface DocumentPlace {
  /** JSONPath to the value. */
  readonly path: string
  readonly value: unknown
}

const MAX_DEPTH = 20

/** Parses a reply body and returns the JSON documents in it: the body itself, or its events or lines. */
export function documentsOf(body: string): Documents {
  const whole = parsed(body)
  if (whole !== undefined) return { form: 'json', values: [whole], events: [body] }
  const isSse = /^(?:data|event|id|retry)[ \t]*:/m.test(body)
  const events = framed(body, isSse ? 'sse' : 'ndjson')
  const values = events.map(parsed).filter((value) => value !== undefined)
  if (!isSse && values.length === 0) return { form: 'text', values: [], events: [body] }
  return { form: isSse ? 'sse' : 'ndjson', values, events }
}

function framed(body: string, form: 'sse' | 'ndjson'): string[] {
  const events: string[] = []
  const framer = framers[form]({ frame: (_, data) => events.push(data), broken: () => {}, odd: () => {} })
  framer.push(Buffer.from(body))
  framer.end()
  return events
}

function parsed(text: string): unknown {
  const read = parseJson(text)
  return read.ok && typeof read.value === 'object' && read.value !== null ? read.value : undefined
}

/**
 * Yields every value inside a JSON document of a reply with its path, outer values before inner ones. Values more than 21 levels deep are left out.
 */
export function* placesIn(value: unknown, path = '$', depth = 0): Generator<DocumentPlace> {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return
  for (const [key, inner] of Object.entries(value)) {
    const at = path + selector(key, Array.isArray(value))
    yield { path: at, value: inner }
    yield* placesIn(inner, at, depth + 1)
  }
}

function selector(key: string, index: boolean): string {
  if (index) return `[${key}]`
  return /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}
