/** The result of a run: plain, versioned JSON. Written by the recorder, judged by thresholds, printed by reports. */
import type { ExitCode } from '../errors.ts'
import type { MetricUnit } from './catalogue.ts'
import type { Distribution } from './distribution.ts'
import type { ConnectionMetrics, GeneratorHealth } from './generator.ts'
import type { RateLimitSummary } from './rate-limits.ts'
import type { RetrySummary } from './retries.ts'
import type { ConversationWindow } from './trims.ts'

export type { Distribution } from './distribution.ts'
export type { ConnectionMetrics, GeneratorHealth } from './generator.ts'

/** Format version of `result.json`; a change that an old reader would misread raises the first number. */
export const RESULT_VERSION = '1.0'

/** Attempt counts. planned = ok + failed + cut + dropped. */
export interface Counts {
  readonly planned: number
  readonly started: number
  readonly ok: number
  readonly failed: number
  readonly cut: number
  readonly dropped: number
  /** Steps that were not sent because an earlier one of their iteration had failed: no attempts; left out when there were none. */
  readonly skipped?: number
}

/** Numbers of one slice of the run: the whole, a step, a phase, a target. */
export interface Slice {
  readonly counts: Counts
  /** Declared window, in ms, over which rates are formed. */
  readonly windowMs: number
  /** Rates and shares by metric name; null when the denominator is zero. */
  readonly values: Readonly<Record<string, number | null>>
  /** Distributions by metric name; a metric without samples is left out. */
  readonly distributions: Readonly<Record<string, Distribution>>
  /**
   * By latency: attempts that the end of the run kept out of it, though they would be among its slowest: cut, or held back behind a slow
   * reply. Left out when there are none.
   */
  readonly censored?: Readonly<Record<string, number>>
  /** Gaps of itl that are 0 because several pieces came in one delivery; left out when there are none. */
  readonly gapsTogether?: number
  /** service_time of failed attempts, apart from the ok ones. */
  readonly failedServiceTime?: Distribution
  readonly tokens: TokenTotals
  readonly bytesSent: number
  readonly bytesReceived: number
}

export interface TokenTotals {
  readonly input: number | null
  readonly cachedInput: number | null
  readonly output: number | null
  readonly reasoning: number | null
  /** Attempts by where their counts came from. */
  readonly sources: Readonly<Record<string, number>>
}

export interface StepSlice extends Slice {
  readonly name: string
  readonly kind: string
  readonly checks: readonly CheckCount[]
}

/** One `expect` line, counted. */
export interface CheckCount {
  /** It only counts: what it finds decides nothing. */
  readonly countOnly?: boolean
  /** As written: `status 200`, `ttft < 1s`. */
  readonly check: string
  readonly passed: number
  readonly failed: number
  /** Up to three observed values that did not hold, redacted. */
  readonly samples: readonly string[]
}

export interface PhaseSlice extends Slice {
  readonly name: string
  readonly shape: string
  /** The load in words, such as `5 users, for 10s`; results of older versions have none. */
  readonly load?: string
  readonly warmup: boolean
  readonly startMs: number
}

/** Errors that are alike: same step, class and fingerprint (message with ids and numbers taken out). */
export interface ErrorGroup {
  readonly class: string
  readonly phase: string
  readonly step: string
  readonly fingerprint: string
  /** A message as it was seen; untrusted, redacted. */
  readonly sample: string
  readonly count: number
  /** ms since the run began. */
  readonly firstMs: number
  readonly lastMs: number
  readonly hint: string
  /** Of them, those on a connection that had carried an exchange before; left out when there were none. */
  readonly onReused?: number
}

/** One second (or more, on long runs) of the run. */
export interface TimelineRow {
  /** ms since the run began. */
  readonly atMs: number
  readonly lengthMs: number
  readonly phase: string
  readonly started: number
  readonly ok: number
  readonly failed: number
  readonly cut: number
  readonly dropped: number
  readonly users: number
  /** Attempts under way: the mean over time, and the most there were at once; the latter is not in results of older versions. */
  readonly inFlight: number
  readonly peakInFlight?: number
  readonly outputTokens: number
  /** p50, p95, max in ms by metric name, of attempts that ended in this row. */
  readonly latencies: Readonly<Record<string, { readonly p50: number; readonly p95: number; readonly max: number }>>
}

export type ThresholdState = 'passed' | 'failed' | 'no_samples' | 'skipped'

export interface ThresholdResult {
  /** The expression as written: the stable name of the threshold. */
  readonly threshold: string
  readonly state: ThresholdState
  readonly severity: 'fail' | 'warn'
  /** In the metric's unit; null without samples. */
  readonly observed: number | null
  readonly limit: number
  readonly unit: MetricUnit
  readonly samples: number
  /** Set when the percentile has fewer than 10 samples above it. */
  readonly fewSamples: boolean
  /** Samples that it asks for, when there were fewer (`min_samples`). */
  readonly samplesNeeded?: number
  /** Why it failed or was skipped, in words. */
  readonly reason?: string
  /** For a windowed threshold: the worst window, ms since the run began. */
  readonly worstWindow?: { readonly fromMs: number; readonly toMs: number }
  /** It ended the run. */
  readonly aborted?: boolean
}

/** Attempts that stand out, by why. */
interface Anomalies {
  readonly failed: number
  /** Ok, and slower than 1 s and twice the mean of service_time. */
  readonly slow: number
  /** Replies to messages that begin as the one before in the same conversation did, for 100 characters. */
  readonly repeated: number
}

export interface ValidityReason {
  readonly level: 'degraded' | 'invalid'
  /** Stable word: `lag`, `stall`, `event_loop`, `cpu`, `dropped`, `local_ports`, … */
  readonly code: string
  readonly message: string
  readonly hint: string
}

export type Verdict = 'passed' | 'failed' | 'invalid' | 'could_not_test' | 'aborted' | 'incomplete' | 'error'

/** Where the load came from. */
interface Environment {
  readonly burn: string
  readonly node: string
  readonly os: string
  readonly cpus: number
  readonly hostname: string
}

/** Iterations by how they ended, warm-ups included. planned = completed + failed + cut + dropped. */
export interface Iterations {
  readonly planned: number
  readonly completed: number
  readonly failed: number
  /** Of those that failed, the ones that took longer than iterationTimeout. */
  readonly expired?: number
  /** Of those that failed, the ones that a template or condition outside of any attempt ended. */
  readonly faulted?: number
  readonly cut: number
  readonly dropped: number
}

export interface Result {
  readonly schemaVersion: string
  readonly runId: string
  /** `running` in a checkpoint; such a file, found later, is INCOMPLETE. */
  readonly status: 'running' | 'completed' | 'aborted' | 'failed'
  readonly verdict: Verdict
  /** One line: why. */
  readonly reason: string
  readonly exitCode: ExitCode
  /** Every exit code that applied. */
  readonly exitCodes: readonly ExitCode[]

  readonly scenarioName: string
  readonly scenarioFile: string | null
  /** sha256 of the resolved scenario, secrets left out. */
  readonly scenarioHash: string
  readonly seed: string
  /** `tags` of the scenario. */
  readonly labels: Readonly<Record<string, string>>
  readonly shard: { readonly index: number; readonly of: number } | null
  readonly environment: Environment
  readonly target: {
    readonly name: string
    readonly url: string
    readonly protocol: string
    readonly dialect: string | null
    readonly insecureTls: boolean
    /** What the target said about its limits; left out when it said nothing. */
    readonly rateLimits?: RateLimitSummary
  }[]

  /** Epoch ms. */
  readonly startTime: number
  readonly endTime: number
  readonly durationMs: number
  /** Declared length of the measured phases; rates are over it. */
  readonly windowMs: number

  readonly totalMessages: number
  readonly successfulMessages: number
  readonly failedMessages: number
  readonly averageLatencyMs: number | null
  readonly p95LatencyMs: number | null
  readonly p99LatencyMs: number | null
  readonly throughputQps: number
  /** 0 to 1; null when nothing ended. */
  readonly errorRate: number | null
  /** Attempts that stand out: the sum of `anomalies`. */
  readonly anomaliesDetected: number
  readonly anomalies?: Anomalies
  /** Distinct classes of failure seen. */
  readonly errorTypes?: number
  /** Oddities that were no failures (`duplicate`, `bad_utf8`, `unverified_end`, …), and in how many replies. */
  readonly warnings: Readonly<Record<string, number>>
  readonly connectionMetrics: ConnectionMetrics
  readonly errors: readonly ErrorGroup[]

  readonly validity: { readonly state: 'ok' | 'degraded' | 'invalid'; readonly reasons: readonly ValidityReason[] }
  readonly thresholds: readonly ThresholdResult[]
  readonly iterations: Iterations
  /** What retries came to; left out when nothing was tried again. */
  readonly retries?: RetrySummary
  /** What `conversation.window` left out of the requests; left out when that was nothing. */
  readonly conversationWindow?: ConversationWindow
  readonly total: Slice
  readonly warmup: Slice | null
  readonly steps: readonly StepSlice[]
  readonly phases: readonly PhaseSlice[]
  /** Slices by tag, such as `target=prod`, for the tags that have more than one value. */
  readonly tags: Readonly<Record<string, Slice>>
  readonly timeline: readonly TimelineRow[]
  readonly generator: GeneratorHealth
  /** Files of this run, relative to its directory, with what they hold. */
  readonly files: readonly { readonly path: string; readonly holds: string }[]
  /** Things a reader should know: TLS checks off, journal stopped at its bound, … */
  readonly notes: readonly string[]
}
