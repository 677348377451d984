/** A target of a plan: checked, with defaults filled in and templates compiled. */
import type { AuthBlock } from '../../auth/index.ts'
import type { Connector, TargetAddress } from '../../connectors/wire/connector.ts'
import type { ChatOptions, Dialect } from '../../dialects/parts/dialect.ts'
import type { Template, Tree } from '../../language/template/template.ts'
import type { AskedLength } from '../../payloads/lengths.ts'

/** The time-outs of one attempt, in ms: one for each of its stages and one for the whole. */
export interface Timeouts {
  readonly connect: number
  readonly firstByte: number
  readonly firstToken: number
  readonly idle: number
  readonly total: number
}

/** What a `pricing` block says beside the prices of tokens. */
export interface Billing {
  /** Currency of the prices, such as `USD`. */
  readonly currency: string | undefined
  /** The day on which the prices held, such as `2026-01-15`. */
  readonly asOf: string | undefined
  /** Price of an hour of the target's hardware. */
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
  /** The prices of a whole request whose prompt has more than `tokens` tokens; undefined when length makes no difference. */
  readonly above?: { readonly tokens: number; readonly pricing: Pricing }
}

/**
 * A `circuitBreaker` block after compilation. The breaker opens when more than `share` (0 to 1) of the attempts of the last `overMs` failed, and
 * these were at least `min`.
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

/** The tags of a step, target or scenario, each as a name and a compiled value. A value may be a template. */
export type PlannedTags = readonly (readonly [name: string, value: Template])[]

export interface PlannedTarget {
  readonly name: string
  readonly protocol: string
  readonly connector: Connector
  /** The settings of the target's protocol, with defaults. */
  readonly options: unknown
  readonly dialectName: string | null
  /** True when the scenario says how replies are written: by a preset, a dialect or a mapping. */
  readonly saysFormat: boolean
  readonly dialect: Dialect
  /** The mapping of the dialect `generic`: how requests and replies are structured. Its strings may hold templates. */
  readonly mapping: Tree
  readonly chat: ChatOptions
  /** True when the file names no model, so that the preset's model is used. */
  readonly modelOfPreset: boolean
  /** Name of the model; may hold templates. */
  readonly model: Template
  readonly body: Tree
  /** How long a reply each message asks for, when it is not `chat.maxTokens` for all: drawn, or rendered. */
  readonly replyTokens: AskedLength | undefined
  /** Names of fields that are left out of the body of a message. */
  readonly omit: readonly string[]
  readonly address: Omit<TargetAddress, 'url' | 'headers' | 'query'>
  /** The addresses of this machine that connections go out from, in turn; undefined when the system chooses. */
  readonly localAddresses: readonly string[] | undefined
  readonly url: Template
  /** True when the preset added the end of the URL's path, because the file names only a server or the base of an API. */
  readonly completed: boolean
  /** The path that this API has on most servers; undefined when every server has its own. */
  readonly usualPath: string | undefined
  readonly headers: Tree
  readonly query: Tree
  readonly auth: { readonly block: AuthBlock; readonly tree: Tree } | undefined
  readonly pricing: Pricing | undefined
  readonly billing: Billing | undefined
  readonly timeouts: Timeouts
  /** What a reply with status 429 means for other users of the target: `pause` makes them wait, `fail` does not affect them. */
  readonly onRateLimit: 'fail' | 'pause'
  /** The limit on burn's own rate of requests and tokens; undefined for none. */
  readonly rateLimit: PlannedRateLimit | undefined
  /** When burn stops sending because many attempts fail; undefined for never. */
  readonly breaker: PlannedBreaker | undefined
  /** The largest reply in bytes, and the longest event of a stream in UTF-16 units. */
  readonly limits: { readonly replyBytes: number; readonly eventLength: number }
  readonly tags: PlannedTags
  /** Settings of the mock when the URL begins with `mock:`; undefined otherwise. */
  readonly mock: Readonly<Record<string, unknown>> | undefined
}
