/** The interface of dialects: how a conversation becomes a request body, and which parts of a reply are generated text. */
import type * as z from 'zod'
import type { Exchange, Headers } from '../../exchange.ts'

/** One turn of a conversation: its role and text, as they are sent. */
export interface Turn {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
}

/** The options of a target that every dialect understands. */
export interface ChatOptions {
  readonly model?: string | undefined
  readonly stream: boolean
  readonly maxTokens?: number | undefined
  /** Name of the body field for `maxTokens`, where servers of one dialect differ. */
  readonly limitField?: string | undefined
  readonly temperature?: number | undefined
  readonly seed?: number | undefined
  /** Extra fields of the body, merged into it last. */
  readonly body?: Readonly<Record<string, unknown>> | undefined
}

/** Decodes the events of one reply; each exchange gets a new decoder. */
export interface Decoder {
  /** Takes one event of a stream: an SSE event (`name` is its `event:`, or ''), a line of NDJSON, or a message of a socket. */
  event(name: string, data: string, exchange: Exchange): void
  /** Takes a whole reply that is not a stream, already parsed: calls `exchange.unit`, then sets usage and finishReason. */
  document(json: unknown, exchange: Exchange): void
  /** Takes a reply of status 400 and above and fails the exchange. Without it, failures are `http_status` or `rate_limited`. */
  error?(status: number, headers: Headers, body: string, exchange: Exchange): void
  /** Called when the stream ends; rejects the exchange as `closed_early` when this dialect's end marker is missing. */
  end(exchange: Exchange): void
}

/** A way to split a stream into events. A dialect names the one to use when the content type does not tell. */
export type Framing = 'sse' | 'ndjson' | 'json' | 'json-array' | 'message'

/** One API format, such as openai-chat. `Mapping` is the type of its mapping block in a target; most dialects have none. */
export interface Dialect<Mapping = unknown> {
  readonly name: string
  /** One line that describes the dialect for `--list`. */
  readonly describe: string
  readonly mapping?: z.ZodType<Mapping>
  /** The framing of a streamed reply. */
  readonly framing: Framing
  /** The request body for a conversation whose last turn is the new message. A string is sent as it is. */
  encode(turns: readonly Turn[], options: ChatOptions, mapping: Mapping): unknown
  decoder(mapping: Mapping): Decoder
}

/** A known API: a dialect with its address, headers and authentication. */
export interface Preset {
  readonly dialect: string
  readonly protocol: string
  readonly describe: string
  /** Full address; may use `{{model}}` and other template variables. */
  readonly url: string
  /** Address for replies that are not streamed, where it differs. */
  readonly wholeUrl?: string
  readonly headers?: Readonly<Record<string, string>>
  /** How the key is sent; `name` is the header of an apiKey. */
  readonly auth: { readonly type: 'bearer' | 'none' } | { readonly type: 'apiKey'; readonly name: string }
  /** Environment variable that usually holds the key. */
  readonly keyVariable?: string
  readonly model?: string
  /** Body fields beyond those of the dialect. */
  readonly body?: Readonly<Record<string, unknown>>
  /** Name of the body field for `maxTokens`, where it differs from the dialect's. */
  readonly limitField?: string
  /** Mappings for the generic dialect; mappings in the target replace them. */
  readonly request?: Readonly<Record<string, unknown>>
  readonly response?: Readonly<Record<string, unknown>>
  /** Body fields of the dialect that this API does not accept. */
  readonly omit?: readonly string[]
  /** The protocol's block in a target, such as `mqtt:`; keys in the target replace those here. */
  readonly options?: Readonly<Record<string, unknown>>
}
