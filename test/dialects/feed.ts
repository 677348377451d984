/** Feeds bytes to an exchange as a connector would, from memory that is used again, and with a clock of its own: delivery n arrives at n × 10 ms. */
import { readFileSync } from 'node:fs'
import { dialectNamed } from '../../src/dialects/index.ts'
import { createReader } from '../../src/dialects/reply/reader.ts'
import { Exchange, type ReplyReader } from '../../src/exchange.ts'

export interface Reply {
  readonly dialect: string
  readonly mapping?: unknown
  readonly streaming?: boolean
  /** Extra fields of the request. */
  readonly body?: Readonly<Record<string, unknown>>
  /** null: no head at all, as with a WebSocket. */
  readonly status?: number | null
  readonly headers?: Record<string, string>
  /** Left out: the connector never says that the reply is complete. */
  readonly done?: boolean
}

export const SSE = { 'content-type': 'text/event-stream; charset=utf-8' }
export const NDJSON = { 'content-type': 'application/x-ndjson' }
export const JSON_TYPE = { 'content-type': 'application/json; charset=UTF-8' }

/** Bytes of a recorded reply. */
export function fixture(name: string): Buffer {
  return readFileSync(new URL(`../fixtures/${name}`, import.meta.url))
}

/** The content type that goes with a fixture's name. */
export function headersOf(name: string): Record<string, string> {
  if (name.endsWith('.sse')) return SSE
  return name.endsWith('.ndjson') ? NDJSON : JSON_TYPE
}

/** Runs a reply, given in deliveries, through the reader of its dialect. */
export function feed(reply: Reply, chunks: readonly (Uint8Array | string)[]): Exchange {
  const dialect = dialectNamed(reply.dialect)
  if (dialect === undefined) throw new Error(`no dialect ${reply.dialect}`)
  return feedReader(createReader(dialect, reply.mapping, reply.streaming ?? true, undefined, reply.body), reply, chunks)
}

/** The same for a reader that is at hand. */
export function feedReader(
  reader: ReplyReader,
  reply: Omit<Reply, 'dialect'>,
  chunks: readonly (Uint8Array | string)[],
  { keepBody = true }: { readonly keepBody?: boolean } = {},
): Exchange {
  const exchange = new Exchange(0, reader, () => {}, { keepBody })
  exchange.sent(1)
  if (reply.status !== null) exchange.head(reply.status ?? 200, reply.headers ?? {})
  let at = 0
  for (const chunk of chunks) {
    at += 10
    const bytes = Buffer.from(chunk)
    exchange.data(bytes, at)
    bytes.fill('#')
  }
  if (reply.done !== false) exchange.done()
  return exchange
}

/** Cuts bytes at the given places. */
export function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [0, ...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b)
  // Copies, as a socket would not hand over one buffer.
  return sorted.map((start, at) => Buffer.from(bytes.subarray(start, sorted[at + 1] ?? bytes.length)))
}

/** What a reply meant, free of times. */
export function meaning(exchange: Exchange): Record<string, unknown> {
  return {
    outcome: exchange.outcome,
    class: exchange.failure?.class,
    phase: exchange.failure?.phase,
    text: exchange.text,
    reasoning: exchange.reasoning,
    tools: exchange.toolArguments,
    frames: exchange.frames,
    firstFrameTokens: exchange.firstFrameTokens,
    finishReason: exchange.finishReason,
    usage: exchange.usage,
    warnings: exchange.warnings,
  }
}
