/** The JSON in a reply, and the paths to what is in it. */
import { framers } from '../framing/index.ts'
import { parseJson } from '../parts/json.ts'

/** How a reply is written: one JSON document, events of a stream, or no JSON at all. */
export type ReplyForm = 'json' | 'sse' | 'ndjson' | 'text'

export interface Documents {
  readonly form: ReplyForm
  /** The document, or one for each event that is an object or a list. */
  readonly values: readonly unknown[]
  /** Data of every event, whatever it is; of one document, its text. */
  readonly events: readonly string[]
}

/** A value inside a document. */
export interface DocumentPlace {
  /** JSONPath to it. */
  readonly path: string
  readonly value: unknown
}

const MAX_DEPTH = 20

/** Takes a reply apart. */
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

/** Everything inside a value, each before what is inside it; of very deep ones, the upper part. */
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
