/** A plan: the scenario, checked, with defaults filled in and templates compiled. Frozen; the engine needs nothing else. */
import type { AuthBlock } from '../../auth/index.ts'
import type { Connector, TargetAddress } from '../../connectors/wire/connector.ts'
import type { FeederSpec } from '../../data/index.ts'
import type { ChatOptions, Dialect } from '../../dialects/parts/dialect.ts'
import type { Expression } from '../../language/expression/expression.ts'
import type { Template, Tree } from '../../language/template/template.ts'
import type { Assignment } from '../../language/template/variables.ts'
import type { Load } from '../../load/executor.ts'
import type { Check } from '../../metrics/check/check.ts'
import type { QualitySettings } from '../../metrics/quality/measure.ts'
import type { Threshold } from '../../metrics/threshold/threshold.ts'
import type { Payload } from '../../payloads/index.ts'
import type { Random } from '../../random.ts'
import type { RetryPolicy } from '../schema/errors.ts'
import type { Capture, CaptureSource } from './capture-source.ts'

export type { Capture, CaptureSource, UsageField } from './capture-source.ts'

/** The time-outs of one attempt, in ms: one for each of its stages and one for the whole. */
export interface Timeouts {
  readonly connect: number
  readonly firstByte: number
  readonly firstToken: number
  readonly idle: number
  readonly total: number
}

/** What is known of prices beside the tokens. */
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

/** A `rateLimit` block after compilation: how many requests and tokens go per second, and at once. */
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
  /** Names of fields that are left out of the body of a message. */
  readonly omit: readonly string[]
  readonly address: Omit<TargetAddress, 'url' | 'headers' | 'query'>
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
  /** The rate that burn keeps to by itself; undefined for none. */
  readonly rateLimit: PlannedRateLimit | undefined
  /** The largest reply in bytes, and the longest event of a stream in UTF-16 units. */
  readonly limits: { readonly replyBytes: number; readonly eventLength: number }
  readonly tags: PlannedTags
  /** Settings of the mock when the URL begins with `mock:`; undefined otherwise. */
  readonly mock: Readonly<Record<string, unknown>> | undefined
}

export interface PlannedPhase {
  readonly name: string
  readonly shape: string
  readonly warmup: boolean
  readonly load: Load
}

/** One check of an `expect` block: compiled before the run or, when it holds templates, rendered and compiled for each reply. */
export type PlannedCheck = {
  readonly label: string
  /** True when it is only counted how often the check passes: a reply that does not pass is not a failure. */
  readonly countOnly: boolean
} & ({ readonly check: Check } | { readonly tree: Tree; readonly compile: (rendered: unknown) => Check })

interface ExchangeStep {
  /** Index into the plan's `exchanges`. */
  readonly index: number
  /** Index into the plan's `targets`. */
  readonly target: number
  /** Name of the flow that the step belongs to; undefined without flows. */
  readonly flow: string | undefined
  /** True for a step of setup or teardown, whose attempts do not count as attempts of the load. */
  readonly setupOrTeardown: boolean
  readonly onError: ErrorPolicy
  /** The generator of random data that texts of this step read as `{{payload}}`. */
  readonly payload: Payload | undefined
  readonly name: string
  readonly checks: readonly PlannedCheck[]
  /** True when the step has a check of the status, so that a status such as 404 is not a failure by itself. */
  readonly checksStatus: boolean
  /** True when the checks of a long reply take so long that others should come between those of two replies. */
  readonly checksCostly: boolean
  readonly captures: readonly Capture[]
  readonly timeouts: Timeouts
  /** The tags of the step and of its flow. */
  readonly tags: PlannedTags
}

export interface MessageStep extends ExchangeStep {
  readonly kind: 'message'
  readonly content: Template
}

export interface RequestStep extends ExchangeStep {
  readonly kind: 'request'
  readonly request: Tree
  /** True for a step that only closes the connection (`disconnect`): it sends no request and is not counted. */
  readonly leaves: boolean
}

interface DelayStep {
  readonly kind: 'delay'
  /** Draws the think time, in ms. */
  readonly draw: (random: Random) => number
  /** True for a delay that simulates a fault: due times of `pace` move by it, so that it does not count as lateness. */
  readonly injected: boolean
}

interface SetStep {
  readonly kind: 'set'
  readonly values: Tree
}

export interface LoopStep {
  readonly kind: 'loop'
  readonly times: Template | number | undefined
  readonly condition: Expression | undefined
  readonly forMs: number | undefined
  readonly max: number
  readonly steps: readonly PlannedStep[]
}

interface IfStep {
  readonly kind: 'if'
  readonly condition: Expression
  readonly then: readonly PlannedStep[]
  readonly else: readonly PlannedStep[]
}

export type PlannedStep = MessageStep | RequestStep | DelayStep | SetStep | LoopStep | IfStep

export interface PlannedConversation {
  readonly system: Template | undefined
  /** The number of earlier turns that are sent again with each message; Infinity for all. */
  readonly keepTurns: number
  readonly maxTokens: number
  readonly maxMessages: number
  readonly id:
    | { readonly source: CaptureSource; readonly sendAs: { readonly in: 'header' | 'query'; readonly name: string } | undefined }
    | undefined
  readonly cookies: boolean
  /** True when a user's conversation starts anew with each iteration. */
  readonly resetEachIteration: boolean
}

/** One flow of a scenario after compilation: a sequence of steps that an iteration may take, and its share of all iterations. */
export interface PlannedFlow {
  readonly name: string | undefined
  readonly weight: number
  readonly steps: readonly PlannedStep[]
}

/** One group of users after compilation: its share of all users, and the headers, variables and tags that its users have. */
export interface PlannedGroup {
  readonly name: string
  readonly weight: number
  readonly headers: Tree
  /** The variables of the group's users, those of the scenario included; each stands after those that it reads. */
  readonly vars: readonly Assignment[]
  readonly tags: PlannedTags
}

export type ErrorAction = 'skip' | 'abort' | 'stop' | 'retry'

/** What a user does after a failed attempt, such as retry, skip or abort: an `onError` block after compilation. */
export interface ErrorPolicy {
  readonly default: ErrorAction
  readonly retry: RetryPolicy
  readonly rules: readonly {
    readonly statuses: readonly number[]
    readonly classes: readonly string[]
    /** Codes as text: of gRPC, WebSocket and MQTT by name or number, or of an API. */
    readonly codes: readonly string[]
    readonly do: ErrorAction
    readonly retry: RetryPolicy
  }[]
}

/** A model that scores replies after the load: a `judge` block after compilation. */
export interface PlannedJudge {
  /** Where the questions go; it gets no load. */
  readonly target: PlannedTarget
  /** What it looks at, on which scale, and the least score that is good enough. */
  readonly rubric: { readonly text: string; readonly min: number; readonly max: number; readonly pass: number }
  /** The number of replies in the sample, and how many of them are asked about twice. */
  readonly sample: number
  readonly askTwice: number
  /** What all answers may cost, in the currency of the target's prices; undefined for no bound. */
  readonly maxCost: number | undefined
  /** The most questions that are under way at once. */
  readonly concurrency: number
}

export interface Plan {
  readonly name: string
  readonly description: string | undefined
  /** The file as the user named it; null when the run came from flags alone. */
  readonly file: string | null
  readonly baseDir: string
  /** sha256 of the checked scenario, with secrets masked. */
  readonly hash: string
  readonly seed: string
  readonly targets: readonly PlannedTarget[]
  readonly phases: readonly PlannedPhase[]
  /** The flows, at least one; their weights say how often iterations take each of them. */
  readonly flows: readonly PlannedFlow[]
  /** The groups of users; empty when all users are alike. */
  readonly groups: readonly PlannedGroup[]
  readonly setup: readonly PlannedStep[]
  readonly teardown: readonly PlannedStep[]
  /** The text that is added to each message; undefined for none. */
  readonly suffix: Template | undefined
  readonly tags: Readonly<Record<string, string>>
  /** Every message and request step, in the order in which they are written; those of setup and teardown last. */
  readonly exchanges: readonly (MessageStep | RequestStep)[]
  readonly conversation: PlannedConversation
  /** The data files, each under the name of the variable that holds its rows. */
  readonly data: Readonly<Record<string, FeederSpec>>
  /** The variables of users without a group; each stands after those that it reads. */
  readonly vars: readonly Assignment[]
  /** Upper ends of the bands into which response times are counted, in ms; undefined for the usual ones. */
  readonly bands: { readonly fast: number; readonly normal: number; readonly slow: number } | undefined
  /** With what the quality of replies is measured; undefined when it is not. */
  readonly quality: QualitySettings | undefined
  /** Who scores a sample of the replies after the load; undefined for nobody. */
  readonly judge: PlannedJudge | undefined
  readonly thresholds: readonly Threshold[]
  /** What the run may use up; empty without a budget. That of money is a threshold. */
  readonly budget: {
    readonly tokens?: number | undefined
    readonly requests?: number | undefined
    readonly time?: number | undefined
    readonly cost?: number | undefined
  }
  readonly gracefulMs: number
  /** Longest time of one iteration; undefined for no bound. */
  readonly iterationMs: number | undefined
  /** Secret values that must never be written out. */
  readonly secrets: readonly string[]
  readonly notes: readonly string[]
  /** True when a template or condition reads `reply.json`, so that bodies of replies must be kept. */
  readonly readsReplyJson: boolean
  /** True when a template or condition may read `reply`. */
  readonly readsReply: boolean
}
