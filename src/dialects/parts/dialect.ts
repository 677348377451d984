/** The interface of dialects: how a conversation becomes a request body, and which parts of a reply are generated text. */
import type * as z from 'zod'
import type { Exchange, Headers } from '../../exchange.ts'
import type { ToolCall } from '../../reply-record.ts'
import type { JsonObject } from './json.ts'

/** A part of a message that is an image, a sound or another file, given as Base64 or by its address. */
export interface Attachment {
  readonly kind: 'image' | 'audio' | 'file'
  /** Media type, such as image/png; undefined when an address does not show it. */
  readonly mediaType: string | undefined
  /** Name of the attached file, without its folder. */
  readonly name: string
  /** The content of the attachment (of a text file also as `text`) and its origin `from`, as the scenario names it; or its address. */
  readonly source: { readonly base64: string; readonly text?: string; readonly from?: string } | { readonly url: string }
}

/** The kind of a part of a chat message: text, image, sound or another file. */
export type PartKind = 'text' | Attachment['kind']

/** One message of a conversation: its role (system, user or assistant) and its text. */
export interface Turn {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
  /** The parts of a message that has several, in order; left out for a message of one text. `content` then holds the texts of the parts. */
  readonly parts?: readonly (string | Attachment)[]
  /** The tools that a reply of the assistant calls. */
  readonly calls?: readonly ToolCall[]
  /** The results of those tool calls. They form a turn of the user without text, after the turn with the calls. */
  readonly results?: readonly ToolResult[]
}

/** The result of a tool call, as a chat request sends it to the model. */
export interface ToolResult {
  readonly call: ToolCall
  readonly text: string
}

/** A tool that a model may call: its name, what it is for, and the JSON Schema of its arguments. */
export interface ToolDefinition {
  readonly name: string
  readonly description?: string | undefined
  readonly parameters: JsonObject
}

/** The options of a chat request that every API format understands, such as model, temperature and token limit. */
export interface ChatOptions {
  readonly model?: string | undefined
  readonly stream: boolean
  readonly maxTokens?: number | undefined
  /** Name of the body field that `maxTokens` sets, for servers that name it differently. */
  readonly limitField?: string | undefined
  readonly temperature?: number | undefined
  readonly seed?: number | undefined
  /** The tools that the model may call; undefined for none. */
  readonly tools?: readonly ToolDefinition[] | undefined
  /** Extra fields for the request body, which replace fields of the same name. */
  readonly body?: Readonly<Record<string, unknown>> | undefined
}

/**
 * Reads the events of one reply, and reports generated text, token counts and the end of the reply to the exchange (the record of the request and
 * its reply). Each exchange gets a new decoder.
 */
export interface Decoder {
  /** Takes one event of a stream: an SSE event (`name` is its `event:` or ''), a line of NDJSON, or a socket's message. */
  event(name: string, data: string, exchange: Exchange): void
  /** Takes a parsed reply that is not a stream; reports its texts by `exchange.unit`, then usage and finish reason. */
  document(json: unknown, exchange: Exchange): void
  /** Reads an error reply (status 400 or above) and fails the exchange. Left out when `http_status` and `rate_limited` are enough. */
  error?(status: number, headers: Headers, body: string, exchange: Exchange): void
  /**
   * Returns the text of an event that only adds this text to the reply; undefined for any other event. Later events of the same form then have their
   * text reported to the exchange without being parsed or passed to `event`.
   */
  textOf?(event: JsonObject): string | undefined
  /** Called instead of `event` for each event whose text was reported by its form alone. `isEmpty` is true when its text is ''. */
  passedBy?(isEmpty: boolean): void
  /** Called when the stream ends; fails the exchange as `closed_early` if the format's end marker is missing. */
  end(exchange: Exchange): void
}

/** A way to split a streamed reply into events, such as `sse` or `ndjson`. */
export type Framing = 'sse' | 'ndjson' | 'json' | 'json-array' | 'event-stream' | 'message'

/**
 * One API format, such as `openai-chat`: writes request bodies and reads replies. `Mapping` is the type of the settings that a target may have for
 * this format alone; most formats have none.
 */
export interface Dialect<Mapping = unknown> {
  readonly name: string
  /** Description of the format for `--list`, in one line. */
  readonly describe: string
  readonly mapping?: z.ZodType<Mapping>
  /** How a streamed reply is split into events, when its content type does not say. */
  readonly framing: Framing
  /** True when replies hold no generated text, as with embeddings. Such replies are never streamed. */
  readonly isTextless?: true
  /** True when the API accepts tool definitions and the results of tool calls. */
  readonly takesTools?: true
  /**
   * Returns what a message with these kinds of parts lacks for this API, in a few words, and how to write it; undefined when nothing. `body` holds
   * the extra fields of the request, with templates not rendered. Left out when one text is enough.
   */
  lacks?(kinds: readonly PartKind[], body: ChatOptions['body']): readonly [what: string, hint: string] | undefined
  /**
   * Returns an attachment in the form of this API, or says in a few words why the API does not accept it. Left out when the API accepts texts only.
   */
  part?(part: Attachment): JsonObject | string
  /** Returns the length of the sound that a conversation sends, in ms; undefined when it is not known. Left out by APIs that are not about sound. */
  soundMs?(turns: readonly Turn[]): number | undefined
  /** Returns the request body for a conversation; its last turn is the new message. If the body is a string, it is sent as it is. */
  encode(turns: readonly Turn[], options: ChatOptions, mapping: Mapping): unknown
  /** Makes the decoder of one reply; `body` holds the extra fields of the request, with templates not rendered. */
  decoder(mapping: Mapping, body?: ChatOptions['body']): Decoder
}

/** A known API, such as OpenAI's: its API format (dialect), address, headers and authentication. A target names it in `preset:`. */
export interface Preset {
  readonly dialect: string
  readonly protocol: string
  readonly describe: string
  /** The full address; it may contain `{{model}}` and other template variables. */
  readonly url: string
  /** The address for replies that are not streamed; left out when it is the same as `url`. */
  readonly wholeUrl?: string
  readonly headers?: Readonly<Record<string, string>>
  /** How the API key is sent; `name` is the header for the type `apiKey`. */
  readonly auth: { readonly type: 'bearer' | 'none' } | { readonly type: 'apiKey'; readonly name: string }
  /** The environment variable that usually holds the API key. */
  readonly keyVariable?: string
  readonly model?: string
  /** Fields of the request body in addition to those of the API format. */
  readonly body?: Readonly<Record<string, unknown>>
  /** The body field that `maxTokens` sets; left out when it is the one that the API format usually has. */
  readonly limitField?: string
  /** The mapping of requests for the format `generic`; a mapping in the target replaces it. */
  readonly request?: Readonly<Record<string, unknown>>
  readonly response?: Readonly<Record<string, unknown>>
  /** Body fields of the API format that this API does not accept. */
  readonly omit?: readonly string[]
  /** Settings of the protocol's block in a target, such as `mqtt:`; keys in the target replace those here. */
  readonly options?: Readonly<Record<string, unknown>>
}
