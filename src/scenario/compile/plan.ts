/** A plan: the scenario, checked, with defaults filled in and templates compiled. Frozen; the engine needs nothing else. */
import type { AuthBlock } from '../../auth/index.ts'
import type { Connector, TargetAddress } from '../../connectors/wire/connector.ts'
import type { FeederSpec } from '../../data/index.ts'
import type { ChatOptions, Dialect } from '../../dialects/parts/dialect.ts'
import type { Expression } from '../../language/expression/expression.ts'
import type { JsonPath } from '../../language/jsonpath/jsonpath.ts'
import type { Regex } from '../../language/regex.ts'
import type { Template, Tree } from '../../language/template/template.ts'
import type { Assignment } from '../../language/template/variables.ts'
import type { Load } from '../../load/executor.ts'
import type { Check } from '../../metrics/check/check.ts'
import type { Threshold } from '../../metrics/threshold/threshold.ts'
import type { Payload } from '../../payloads/index.ts'
import type { Random } from '../../random.ts'
import type { RetryPolicy } from '../schema/errors.ts'

/** Time-outs of the stages of one attempt, in ms. */
export interface Timeouts {
  readonly connect: number
  readonly firstByte: number
  readonly firstToken: number
  readonly idle: number
  readonly total: number
}

/** Prices per million tokens, by kind of token. */
export interface Pricing {
  readonly inputPer1M: number
  readonly cachedPer1M: number
  readonly cacheWritePer1M: number
  readonly cacheWrite1hPer1M: number
  readonly outputPer1M: number
}

/** The `tags` of a step, target or scenario as pairs of name and compiled value; values may hold templates. */
export type PlannedTags = readonly (readonly [name: string, value: Template])[]

export interface PlannedTarget {
  readonly name: string
  readonly protocol: string
  readonly connector: Connector
  /** The connector's own block, with defaults. */
  readonly options: unknown
  readonly dialectName: string | null
  /** The scenario says how its replies are written: by a preset, a dialect or a mapping. */
  readonly saysFormat: boolean
  readonly dialect: Dialect
  /** The mapping of the generic dialect; its strings may hold templates. */
  readonly mapping: Tree
  readonly chat: ChatOptions
  /** Whether the model is the one that the preset names: the file names none. */
  readonly modelOfPreset: boolean
  /** Name of the model; may hold templates. */
  readonly model: Template
  readonly body: Tree
  /** Fields that are left out of the body of a message. */
  readonly omit: readonly string[]
  readonly address: Omit<TargetAddress, 'url' | 'headers' | 'query'>
  readonly url: Template
  /** Whether the preset gave the end of its path: the file names a server or the base of an API. */
  readonly completed: boolean
  /** Path at which a preset of this reply format usually is; undefined where every server has its own. */
  readonly usualPath: string | undefined
  readonly headers: Tree
  readonly query: Tree
  readonly auth: { readonly block: AuthBlock; readonly tree: Tree } | undefined
  readonly pricing: Pricing | undefined
  readonly timeouts: Timeouts
  /** What a used-up quota means for the other users of the target. */
  readonly onRateLimit: 'fail' | 'pause'
  /** Largest reply, and longest event of a stream (UTF-16 units). */
  readonly limits: { readonly replyBytes: number; readonly eventLength: number }
  readonly tags: PlannedTags
  /** Settings when the URL is `mock:`; undefined otherwise. */
  readonly mock: Readonly<Record<string, unknown>> | undefined
}

export interface PlannedPhase {
  readonly name: string
  readonly shape: string
  readonly warmup: boolean
  readonly load: Load
}

/** The kinds of token counts that a capture with `usage:` can read. */
export type UsageField = 'input' | 'cached' | 'output' | 'reasoning' | 'visible'

export type CaptureSource =
  | { readonly from: 'json'; readonly path: JsonPath }
  | { readonly from: 'header'; readonly name: string }
  | { readonly from: 'regex'; readonly regex: Regex }
  | { readonly from: 'status' }
  | { readonly from: 'usage'; readonly field: UsageField }
  | { readonly from: 'text' }

export interface Capture {
  readonly variable: string
  readonly source: CaptureSource
  /** Value when nothing is found; `undefined` makes the attempt fail. */
  readonly fallback: { readonly value: unknown } | undefined
  /** As written, for messages. */
  readonly written: string
}

/** One line of an `expect` block: a compiled check, or one with templates that is compiled anew for each reply. */
export type PlannedCheck = {
  readonly label: string
  /** What it finds is counted, and decides nothing. */
  readonly countOnly: boolean
} & ({ readonly check: Check } | { readonly tree: Tree; readonly compile: (rendered: unknown) => Check })

interface ExchangeStep {
  /** Index into the plan's `exchanges`. */
  readonly index: number
  /** Index into the plan's `targets`. */
  readonly target: number
  /** Name of the flow it stands in; undefined without flows. */
  readonly flow: string | undefined
  /** A step of setup or teardown: counted there only. */
  readonly setupOrTeardown: boolean
  readonly onError: ErrorPolicy
  /** Made-up data, there as `{{payload}}`. */
  readonly payload: Payload | undefined
  readonly name: string
  readonly checks: readonly PlannedCheck[]
  /** True when a check judges the status itself, so that a 404 may be what is wanted. */
  readonly checksStatus: boolean
  readonly captures: readonly Capture[]
  readonly timeouts: Timeouts
  /** Its own, and those of its flow. */
  readonly tags: PlannedTags
}

export interface MessageStep extends ExchangeStep {
  readonly kind: 'message'
  readonly content: Template
}

export interface RequestStep extends ExchangeStep {
  readonly kind: 'request'
  readonly request: Tree
  /** It ends the connection: no exchange with the target, and in no count. */
  readonly leaves: boolean
}

interface DelayStep {
  readonly kind: 'delay'
  /** Draws the think time, in ms. */
  readonly draw: (random: Random) => number
  /** A fault of the scenario's own: the user's timetable moves on by it. */
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
  /** Earlier turns that go on the wire again; Infinity for all, 0 for none. */
  readonly keepTurns: number
  readonly maxTokens: number
  readonly maxMessages: number
  readonly id:
    | { readonly source: CaptureSource; readonly sendAs: { readonly in: 'header' | 'query'; readonly name: string } | undefined }
    | undefined
  readonly cookies: boolean
  /** Whether a user starts each iteration with nothing remembered. */
  readonly resetEachIteration: boolean
}

/** One compiled entry of `flows`: a sequence of steps that an iteration may take. */
export interface PlannedFlow {
  readonly name: string | undefined
  readonly weight: number
  readonly steps: readonly PlannedStep[]
}

/** One compiled entry of `groups`: a kind of user, with the share of users, headers, variables and tags that it has. */
export interface PlannedGroup {
  readonly name: string
  readonly weight: number
  readonly headers: Tree
  /** The variables of its users, those of the scenario among them, each after those it reads. */
  readonly vars: readonly Assignment[]
  readonly tags: PlannedTags
}

export type ErrorAction = 'skip' | 'abort' | 'stop' | 'retry'

/** A compiled `onError` block: what the user does after a failed attempt, such as retry, skip or abort. */
export interface ErrorPolicy {
  readonly default: ErrorAction
  readonly retry: RetryPolicy
  readonly rules: readonly {
    readonly statuses: readonly number[]
    readonly classes: readonly string[]
    readonly do: ErrorAction
    readonly retry: RetryPolicy
  }[]
}

export interface Plan {
  readonly name: string
  readonly description: string | undefined
  /** The file as the user named it; null when the run came from flags alone. */
  readonly file: string | null
  readonly baseDir: string
  /** sha256 of the resolved scenario, secrets left out. */
  readonly hash: string
  readonly seed: string
  readonly targets: readonly PlannedTarget[]
  readonly phases: readonly PlannedPhase[]
  /** At least one; weights decide which one an iteration takes. */
  readonly flows: readonly PlannedFlow[]
  /** Empty when all users are alike. */
  readonly groups: readonly PlannedGroup[]
  readonly setup: readonly PlannedStep[]
  readonly teardown: readonly PlannedStep[]
  /** Added to each message; undefined for none. */
  readonly suffix: Template | undefined
  readonly tags: Readonly<Record<string, string>>
  /** Every message and request step, in the order in which they are written; those of setup and teardown last. */
  readonly exchanges: readonly (MessageStep | RequestStep)[]
  readonly conversation: PlannedConversation
  /** Data files by the variable that holds their rows. */
  readonly data: Readonly<Record<string, FeederSpec>>
  /** The variables of users without a group, each after those it reads. */
  readonly vars: readonly Assignment[]
  readonly thresholds: readonly Threshold[]
  readonly gracefulMs: number
  /** Longest time of one iteration; undefined for no bound. */
  readonly iterationMs: number | undefined
  /** Values that must never be written out. */
  readonly secrets: readonly string[]
  readonly notes: readonly string[]
  /** Some template or condition reads `reply.json`, so that bodies must be kept. */
  readonly readsReplyJson: boolean
  /** Something in the scenario may look at `reply`. */
  readonly readsReply: boolean
}
