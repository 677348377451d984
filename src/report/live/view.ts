import type { TimelineRow } from '../../result/schema.ts'

/** How much of a run or phase is done, for the live view: either time of a planned duration, in ms, or a number of finished iterations. */
export type Progress =
  | { readonly kind: 'time'; readonly elapsedMs: number; readonly lengthMs: number }
  | { readonly kind: 'iterations'; readonly elapsedMs: number; readonly done: number; readonly total: number }

/**
 * What the live view shows of a run at one moment. Rates (per second) and percentiles cover the last few seconds; counts cover the measured phases so
 * far, or the warm-up as long as it lasts.
 */
export interface LiveView {
  readonly name: string
  readonly phase: {
    readonly name: string
    readonly index: number
    readonly count: number
    readonly warmup: boolean
    readonly progress: Progress
  }
  readonly total: Progress
  /** True when no more iterations start, while attempts in flight may still finish. */
  readonly draining: boolean
  readonly users: number
  readonly inFlight: number
  /** The number of arrivals that wait for a free user. */
  readonly waiting: number
  /** Planned iterations per second; null in a phase whose load is a number of users. */
  readonly plannedRate: number | null
  readonly achievedRate: number
  readonly ok: number
  readonly failed: number
  readonly dropped: number
  readonly cut: number
  /** The share of failed attempts, 0 to 1; null before the first attempt has ended. */
  readonly errorRate: number | null
  /** The response time, and ttft and tpot if they have recent samples, in ms; p50 and p95 are null without a sample. */
  readonly latencies: readonly { readonly name: string; readonly p50: number | null; readonly p95: number | null }[]
  readonly tokens: { readonly perSecond: number; readonly total: number } | null
  /** The number of open connections, and the bytes received and sent per second; null before the first connection was opened or failed. */
  readonly connections: { readonly open: number; readonly inPerSecond: number; readonly outPerSecond: number } | null
  /**
   * The money spent so far, including warm-ups, setup and teardown, and the money spent per second; null in a run without prices, or with prices in
   * several currencies. `limit` is the budget, null without one.
   */
  readonly cost: {
    readonly spent: number
    readonly perSecond: number
    readonly limit: number | null
    readonly currency: string | null
  } | null
  /** The number of failures of each class, the most frequent first, each with its latest message, which is untrusted text. */
  readonly errors: readonly { readonly class: string; readonly count: number; readonly message: string }[]
  /** How busy burn itself is: shares of one CPU and of the event loop's time, from 0 to 1; null when the run uses simulated time. */
  readonly generator: {
    readonly lagP99Ms: number | null
    readonly loopShare: number
    readonly loopP99Ms: number
    readonly cpuShare: number
    readonly peakBytes: number
  } | null
  /**
   * The latest figures of the observed servers as short texts such as "waiting 12"; empty without servers. `failed` says why a server has never
   * answered; it is untrusted text.
   */
  readonly servers: readonly { readonly host: string; readonly facts: readonly string[]; readonly failed: string | null }[]
  /** The rows of the timeline of the last minute, the latest one last. */
  readonly history: readonly TimelineRow[]
  readonly topError: { readonly class: string; readonly count: number } | null
  readonly warnings: readonly string[]
}
