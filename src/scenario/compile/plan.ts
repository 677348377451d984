/** The type of a plan: the checked scenario with defaults filled in and templates compiled. It is frozen, and the engine needs nothing else. */
import type { FeederSpec } from '../../data/index.ts'
import type { DrawInjection, WireSpec } from '../../faults/index.ts'
import type { Expression } from '../../language/expression/expression.ts'
import type { Template, Tree } from '../../language/template/template.ts'
import type { Assignment } from '../../language/template/variables.ts'
import type { Load } from '../../load/executor.ts'
import type { Check } from '../../metrics/check/check.ts'
import type { QualitySettings } from '../../metrics/quality/measure.ts'
import type { Random } from '../../random.ts'
import type { RetryPolicy } from '../schema/errors.ts'
import type { Capture, CaptureSource } from './capture-source.ts'
import type { AskedLength, Generated, Lengths, MessageContent, PlannedTools } from './planned-message.ts'
import type { PlannedTags, PlannedTarget, Timeouts } from './planned-target.ts'
import type { RunRules } from './run-rules.ts'

export type { Capture, CaptureSource, UsageField } from './capture-source.ts'
export type {
  Billing,
  PlannedBreaker,
  PlannedRateLimit,
  PlannedTags,
  PlannedTarget,
  Pricing,
  Timeouts,
} from './planned-target.ts'

/** One phase of `load` after compilation: a part of the run with a load shape of its own. */
export interface PlannedPhase {
  readonly name: string
  readonly shape: string
  readonly warmup: boolean
  readonly load: Load
  /** In the plan of one share of a run: the load of all shares together. */
  readonly wholeLoad?: Load
}

/** One check of an `expect` block: compiled before the run or, if it contains templates, rendered and compiled for each reply. */
export type PlannedCheck = {
  readonly label: string
  /** True when the check is only counted: a reply that does not pass it is no failure. */
  readonly countOnly: boolean
} & ({ readonly check: Check } | { readonly tree: Tree; readonly compile: (rendered: unknown) => Check })

interface ExchangeStep extends Generated {
  /** Index of the step in the plan's `exchanges`. */
  readonly index: number
  /** Index of the step's target in the plan's `targets`. */
  readonly target: number
  /** Name of the flow that the step belongs to; undefined without flows. */
  readonly flow: string | undefined
  /** True for a step of setup or teardown, whose attempts do not count as attempts of the load. */
  readonly setupOrTeardown: boolean
  readonly onError: ErrorPolicy
  readonly name: string
  readonly checks: readonly PlannedCheck[]
  /** True when the step has a check of the status, so that a status such as 404 does not by itself make the attempt fail. */
  readonly checksStatus: boolean
  /** True when checking a long reply takes so long that other work should come between the checks of two replies. */
  readonly checksCostly: boolean
  readonly captures: readonly Capture[]
  readonly timeouts: Timeouts
  /** The tags of the step, including those of its flow. */
  readonly tags: PlannedTags
}

/** A step that sends a message in the user's conversation, after compilation. */
export interface MessageStep extends ExchangeStep {
  readonly kind: 'message'
  readonly content: MessageContent
  readonly tools: PlannedTools | undefined
}

/** A step that sends a request which the scenario writes out in full, such as method and path for HTTP; after compilation. */
export interface RequestStep extends ExchangeStep {
  readonly kind: 'request'
  readonly request: Tree
  /** The same request with its member `json` as `JsonText`, for connectors that take it; left out when that would not be quicker. */
  readonly requestAsText?: Tree | undefined
  /** True for a step that only closes the connection (`disconnect`): it sends no request and is not counted. */
  readonly leaves: boolean
}

/** A step of the plan that sends something (a message or a request), or that closes the connection (a `disconnect`). */
export type AttemptStep = MessageStep | RequestStep

interface DelayStep {
  readonly kind: 'delay'
  /** Draws a think time, in ms. */
  readonly draw: (random: Random) => number
}

interface SetStep {
  readonly kind: 'set'
  readonly values: Tree
}

/** A step that repeats other steps, after compilation. */
export interface LoopStep {
  readonly kind: 'loop'
  /** How many rounds the loop makes: rendered from a template, drawn, or fixed; undefined when only `max` and the conditions end it. */
  readonly times: Template | Lengths | number | undefined
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

/** One step of a scenario after compilation. */
export type PlannedStep = AttemptStep | DelayStep | SetStep | LoopStep | IfStep

/** The `conversation` block after compilation, such as the system prompt, which earlier messages a request includes, and when a conversation ends. */
export interface PlannedConversation {
  readonly system: Template | undefined
  /** The number of earlier turns that are sent again with each message; Infinity for all of them. */
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

/**
 * One flow of a scenario after compilation: a sequence of steps that an iteration may take, and its weight: how often iterations take it, in
 * proportion to the weights of the other flows.
 */
export interface PlannedFlow {
  readonly name: string | undefined
  readonly weight: number
  readonly steps: readonly PlannedStep[]
}

/**
 * One group of users after compilation: its weight (how many users it has, in proportion to the weights of the other groups), and the headers,
 * variables and tags that its users have.
 */
export interface PlannedGroup {
  readonly name: string
  readonly weight: number
  readonly headers: Tree
  /** The variables of the group's users, including those of the scenario. A variable may read those before it. */
  readonly vars: readonly Assignment[]
  /**
   * Lengths of the prompts of the group's users; `replyTokens` are the lengths of replies that they ask for. Undefined: those of the step and target.
   */
  readonly promptTokens: Lengths | undefined
  readonly replyTokens: AskedLength | undefined
  readonly tags: PlannedTags
}

/** What a user does after a failed attempt: skip the step, abort the iteration, stop the run, or retry. */
export type ErrorAction = 'skip' | 'abort' | 'stop' | 'retry'

/** What a user does after a failed attempt, such as retry, skip or abort: an `onError` block after compilation. */
export interface ErrorPolicy {
  readonly default: ErrorAction
  readonly retry: RetryPolicy
  readonly rules: readonly {
    readonly statuses: readonly number[]
    readonly classes: readonly string[]
    /** Codes that the rule applies to, as text: of gRPC, WebSocket and MQTT by name or number, or error codes of an API. */
    readonly codes: readonly string[]
    readonly do: ErrorAction
    readonly retry: RetryPolicy
  }[]
}

/** A model that scores replies after the load: a `judge` block after compilation. */
export interface PlannedJudge {
  /** The target to which the questions to the judge are sent; it gets no load. */
  readonly target: PlannedTarget
  /**
   * What the judge looks at, with a question for each: name (undefined for a single one), text, lowest and highest score, and the lowest passing
   * score.
   */
  readonly criteria: readonly {
    readonly name: string | undefined
    readonly text: string
    readonly min: number
    readonly max: number
    readonly pass: number
  }[]
  /** Number of replies that the judge scores; `askTwice` is the number of them that it is asked about twice. */
  readonly sample: number
  readonly askTwice: number
  /** How many replies of each step, and of each flag of quality, are scored at least. */
  readonly perGroup: number
  /** Limit on the cost of all answers of the judge, in the currency of the target's prices; undefined for no limit. */
  readonly maxCost: number | undefined
  /** Largest number of questions to the judge in flight at once. */
  readonly concurrency: number
  /** True when stored answers of earlier runs are used, and new answers stored. */
  readonly cache: boolean
}

/**
 * A fault that burn injects into attempts: one item of the list `faults` of a scenario, after compilation. It says how often, when, and into which
 * attempts.
 */
export interface PlannedFault {
  /** Kind of the fault, such as `delay`; also the value of the tag `fault`. */
  readonly kind: string
  /** Share of the attempts into which the fault is injected, 0 to 1. */
  readonly probability: number
  /** When the fault begins to be injected, in ms since the start of the load; `untilMs` is when it ends. */
  readonly fromMs: number
  readonly untilMs: number
  /** The steps into whose attempts the fault may be injected, as indexes into the plan's `exchanges`; undefined for all. */
  readonly steps: ReadonlySet<number> | undefined
  /** The target whose attempts get the fault, as an index into the plan's `targets`; undefined for all. */
  readonly target: number | undefined
  readonly draw: DrawInjection
}

/** A scenario after compilation, as the engine runs it: checked, with defaults filled in. It is read-only. */
export interface Plan extends RunRules {
  readonly name: string
  readonly description: string | undefined
  /** The scenario file as the user named it; null when the run came from flags alone. */
  readonly file: string | null
  readonly baseDir: string
  /** sha256 of the checked scenario in which secrets are masked. */
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
  readonly exchanges: readonly AttemptStep[]
  readonly conversation: PlannedConversation
  /** The faults that are injected into attempts, in the order in which they are drawn; undefined without any. */
  readonly faults: readonly PlannedFault[] | undefined
  /**
   * The values that the tag `fault` may have: the kinds of injected faults, and then `earlier` for attempts after a failure by an injected fault in
   * the same iteration. Empty without faults.
   */
  readonly faultTags: readonly string[]
  /** The faults that are injected into connections by a relay; undefined without any. */
  readonly wireFaults: readonly WireSpec[] | undefined
  /** Files of the plugins that the scenario names, as written. Their hooks are called during the run. */
  readonly plugins: readonly string[]
  /** The data files, each under the name of the variable that holds its rows. */
  readonly data: Readonly<Record<string, FeederSpec>>
  /** The variables of users without a group. A variable may read those before it. */
  readonly vars: readonly Assignment[]
  /** The settings for measuring the quality of replies; undefined when it is not measured. */
  readonly quality: QualitySettings | undefined
  /** The model that scores a sample of the replies after the load; undefined without one. */
  readonly judge: PlannedJudge | undefined
  readonly gracefulMs: number
  /** Time limit of one iteration in ms; undefined for no limit. */
  readonly iterationMs: number | undefined
  /** Secret values, which must never appear in any output. */
  readonly secrets: readonly string[]
  readonly notes: readonly string[]
  /** True when a template or condition reads `reply.json`, so that the bodies of replies must be kept. */
  readonly readsReplyJson: boolean
  /** True when a template or condition may read `reply`. */
  readonly readsReply: boolean
}
