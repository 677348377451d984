/** The type of a target after compilation: with defaults filled in and templates compiled. */
import type { AuthBlock } from '../../auth/index.ts'
import type { Connector, TargetAddress } from '../../connectors/wire/connector.ts'
import type { ChatOptions, Dialect } from '../../dialects/parts/dialect.ts'
import type { Template, Tree } from '../../language/template/template.ts'
import type { AskedLength } from '../../payloads/lengths.ts'

/**
 * Time limits of one attempt in ms: for connecting, for the first byte, for the first token, for a silence within the reply, and for the whole reply.
 */
export interface Timeouts {
  readonly connect: number
  readonly firstByte: number
  readonly firstToken: number
  readonly idle: number
  readonly total: number
}

/** The settings of a `pricing` block that are not prices per token: the currency, the date of the prices, and the price of an hour of hardware. */
export interface Billing {
  /** Currency of the prices, such as `USD`; undefined when the scenario does not say. */
  readonly currency: string | undefined
  /** The day for which the prices are stated, such as `2026-01-15`; undefined when the scenario does not say. */
  readonly asOf: string | undefined
  /** Price of one hour of the target's hardware; undefined when the scenario does not say. */
  readonly perHour: number | undefined
}

/** The prices of a model per million tokens, for each kind of token. */
export interface Pricing {
  readonly inputPer1M: number
  readonly cachedPer1M: number
  readonly cacheWritePer1M: number
  readonly cacheWrite1hPer1M: number
  readonly outputPer1M: number
  readonly reasoningPer1M: number
  /** The prices of a whole request whose prompt has more than `tokens` tokens; undefined when prices do not depend on the length. */
  readonly above?: { readonly tokens: number; readonly pricing: Pricing }
}

/**
 * A `circuitBreaker` block after compilation. The breaker opens when more than the fraction `share` (0 to 1) of the attempts in the last `overMs` ms
 * failed (for the share 1: when all failed), and at least `min` attempts ended in that time.
 */
export interface PlannedBreaker {
  readonly share: number
  readonly overMs: number
  readonly min: number
  /** How long an open breaker sends nothing, in ms; undefined when it ends the run instead. */
  readonly pauseMs: number | undefined
}

/** A `rateLimit` block after compilation: how many requests and tokens burn may send per second, and in a burst. */
export interface PlannedRateLimit {
  readonly requests: { readonly perSecond: number; readonly burst: number } | undefined
  readonly tokens: { readonly perSecond: number; readonly burst: number } | undefined
  readonly scope: 'target' | 'user'
  readonly whenFull: 'wait' | 'drop' | 'error'
}

/** The tags of a step, target or group of users: each has a name and a compiled value, because a value may be a template. */
export type PlannedTags = readonly (readonly [name: string, value: Template])[]

/** A target block after compilation: where requests are sent, in which protocol and format, and with which limits. */
export interface PlannedTarget {
  readonly name: string
  readonly protocol: string
  readonly connector: Connector
  /** The settings of the target's protocol, with defaults. */
  readonly options: unknown
  readonly dialectName: string | null
  /** True when the scenario states the format of replies: by a preset, a dialect or a mapping. */
  readonly saysFormat: boolean
  readonly dialect: Dialect
  /** The mapping of the dialect `generic`: how requests and replies are structured. Its strings may hold templates. */
  readonly mapping: Tree
  readonly chat: ChatOptions
  /** True when the file names no model, so that the preset's model is used. */
  readonly modelOfPreset: boolean
  /** Name of the model; may contain templates. */
  readonly model: Template
  readonly body: Tree
  /** How long a reply each message asks for, drawn or rendered for each; undefined when `chat.maxTokens` applies to all messages. */
  readonly replyTokens: AskedLength | undefined
  /** Names of fields that are left out of the bodies of messages, because the API does not accept them. */
  readonly omit: readonly string[]
  readonly address: Omit<TargetAddress, 'url' | 'headers' | 'query'>
  /** The local addresses from which connections go out, in turn; undefined when the system chooses one. */
  readonly localAddresses: readonly string[] | undefined
  readonly url: Template
  /** True when the preset added the path to the URL, because the scenario names only a server or the base address of an API. */
  readonly completed: boolean
  /** The path that this API has on most servers; undefined when there is no common path. */
  readonly usualPath: string | undefined
  readonly headers: Tree
  readonly query: Tree
  readonly auth: { readonly block: AuthBlock; readonly tree: Tree } | undefined
  readonly pricing: Pricing | undefined
  readonly billing: Billing | undefined
  readonly timeouts: Timeouts
  /**
   * What happens after a reply with status 429: with `pause`, all users wait before they send to the target again; with `fail`, only the attempt
   * fails.
   */
  readonly onRateLimit: 'fail' | 'pause'
  /** The limit on burn's own rate of requests and tokens; undefined for none. */
  readonly rateLimit: PlannedRateLimit | undefined
  /** The circuit breaker, which stops sending when many attempts fail; undefined for none. */
  readonly breaker: PlannedBreaker | undefined
  /** The largest reply in bytes, and the longest event of a stream in UTF-16 units. */
  readonly limits: { readonly replyBytes: number; readonly eventLength: number }
  readonly tags: PlannedTags
  /** Settings of the embedded mock server when the URL begins with `mock:`; undefined otherwise. */
  readonly mock: Readonly<Record<string, unknown>> | undefined
}
