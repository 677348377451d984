/** What the bytes of one API mean: how a conversation becomes a request body, and which parts of a reply are generated text. */
import type * as z from 'zod'
import type { Exchange, Headers } from '../../exchange.ts'

/** One turn of a conversation as it goes on the wire. */
export interface Turn {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
}

/** The chat options that every dialect understands, from the target. */
export interface ChatOptions {
  readonly model?: string | undefined
  readonly stream: boolean
  readonly maxTokens?: number | undefined
  /** What the server calls it, where servers of one dialect differ. */
  readonly limitField?: string | undefined
  readonly temperature?: number | undefined
  readonly seed?: number | undefined
  /** Extra fields, merged into the body last. */
  readonly body?: Readonly<Record<string, unknown>> | undefined
}

/** Reads the reply of one exchange, after framing. Made new for each exchange. */
export interface Decoder {
  /** One event of a stream: an SSE event (name is its `event:`, '' when none), one line of NDJSON or one message of a socket. */
  event(name: string, data: string, exchange: Exchange): void
  /** A whole reply that is not a stream, already parsed. Calls `exchange.unit`, then sets usage and finishReason. */
  document(json: unknown, exchange: Exchange): void
  /** A reply with a status of 400 and above. Sets the failure. Left out: `http_status` / `rate_limited` with the message found. */
  error?(status: number, headers: Headers, body: string, exchange: Exchange): void
  /** The stream ended: `exchange.reject('closed_early', …)` when the end marker of this dialect never came. */
  end(exchange: Exchange): void
}

/** How a stream of this dialect is cut into events when the content type does not say. */
export type Framing = 'sse' | 'ndjson' | 'json' | 'json-array' | 'message'

/** One reply format. `Mapping` is the extra block it takes in a target; most take none. */
export interface Dialect<Mapping = unknown> {
  readonly name: string
  /** One line for `--list`. */
  readonly describe: string
  readonly mapping?: z.ZodType<Mapping>
  /** Framing of a streamed reply. */
  readonly framing: Framing
  /** The request body for a conversation whose last turn is the one to send. A string is sent as it is. */
  encode(turns: readonly Turn[], options: ChatOptions, mapping: Mapping): unknown
  decoder(mapping: Mapping): Decoder
}

/** A known API: a dialect with the address, headers and authentication that go with it. */
export interface Preset {
  readonly dialect: string
  readonly protocol: string
  readonly describe: string
  /** Full address; `{{model}}` and other template variables allowed. */
  readonly url: string
  /** The address for whole replies, where it is another one. */
  readonly wholeUrl?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Header that carries the key when `auth` is `{ type: bearer | apiKey, … }` without a name. */
  readonly auth: { readonly type: 'bearer' | 'none' } | { readonly type: 'apiKey'; readonly name: string }
  /** Environment variable that usually holds the key, for templates and hints. */
  readonly keyVariable?: string
  readonly model?: string
  /** Fields of the body beside those of the dialect. */
  readonly body?: Readonly<Record<string, unknown>>
  /** The field of the body for `maxTokens`, when it is not that of the dialect. */
  readonly limitField?: string
  /** Mappings of the generic dialect; the target's own take their place. */
  readonly request?: Readonly<Record<string, unknown>>
  readonly response?: Readonly<Record<string, unknown>>
  /** Fields of the body that this API does not want, though the dialect has them. */
  readonly omit?: readonly string[]
  /** The protocol's own block in a target, such as `mqtt:`; the target's own takes its place key by key. */
  readonly options?: Readonly<Record<string, unknown>>
}
