/**
 * The messages between the main process of a run and its workers. All processes must run the same version of the program: another one ends at once.
 */
import type { StopFinding } from '../../engine/stop/stop-watch.ts'
import type { DrawnShare } from '../../metrics/judge/grouped-sample.ts'
import type { LiveView } from '../../report/live/view.ts'
import type { RunEvent } from '../../result/event.ts'
import type { Result } from '../../result/schema.ts'
import type { Share } from '../../statistics/parts/share.ts'
import type { ProcessSecond } from './figures.ts'

/** The version of the messages between the main process of a run and its worker processes. It is raised when the messages change. */
export const PROTOCOL_VERSION = 4

/**
 * The environment variable that makes a process a worker. The worker gets its job in a message (IPC), so that no secret appears on its command line.
 */
export const WORKER_VARIABLE = 'BURN_WORKER_PROCESS'

/** The first message that the main process of a run sends to a worker process: which run, and which share of its load the worker makes. */
export interface WorkerJob {
  readonly kind: 'job'
  readonly version: number
  /** The command-line arguments of the run, which the worker reads as its own. */
  readonly args: readonly string[]
  /** The hash of the plan, by which the worker finds the scenario that is run among those in the arguments. */
  readonly hash: string
  /** The number of the test when the run is part of a suite, from 0, because several tests may have the same plan. Left out otherwise. */
  readonly test?: number
  readonly seed: string
  readonly share: Share
  readonly runId: string
  /** The path of the worker's own journal, and its largest size in bytes. */
  readonly journal: { readonly path: string; readonly maxBytes: number }
  /** Addresses of the embedded mocks, in the order of the targets that have one. */
  readonly mocks: readonly string[]
  /** True when the worker must report its figures every second and its events, because something needs them during the run. */
  readonly isFollowed: boolean
}

/** The message that starts the load. */
interface Go {
  readonly kind: 'go'
  /** The time at which the load begins, on the machine's monotonic clock in ns. */
  readonly atNs: bigint
  /** The variables that the setup has captured, by name. */
  readonly captured: Readonly<Record<string, unknown>>
  /** The secrets that the run has found so far, including captured ones, which the worker has to mask. */
  readonly secrets: readonly string[]
}

/**
 * A message from the main process of a run to a worker process: which share of the load to make, when to start it, or the order to stop or cancel
 * it.
 */
export type ToWorker = WorkerJob | Go | StopMessage | { readonly kind: 'cancel' }

/** The message with which the main process of a run ends the load of a worker process early. */
export interface StopMessage {
  readonly kind: 'stop'
  /** How long attempts in flight may still run, in ms. */
  readonly graceMs: number
  /** The rule of `stopWhen` that ends the run; left out when something else does. */
  readonly rule?: StopFinding
  /** True when a signal, such as Ctrl-C, ends the run. */
  readonly isSignal: boolean
}

/** The message that a worker sends every second: its live figures, and how many attempts it has planned so far. */
interface WorkerSecond {
  readonly kind: 'second'
  readonly view: LiveView
  readonly planned: number
  /** When it was sent, in ms since the run began. */
  readonly atMs: number
  /** The worker's report of the second; left out when nothing needs it during the run. */
  readonly seen?: ProcessSecond
}

/** The last report of a worker about its load. */
interface WorkerLast {
  readonly kind: 'last'
  /** The report about the time after the last whole second; left out when nobody follows the run. */
  readonly seen?: ProcessSecond
  /** What the worker has drawn of its replies for a judge, with secrets masked; left out without a judge. */
  readonly drawn?: DrawnShare
}

/**
 * A message from a worker process to the main process of its run: that the worker is ready, what it counted in the last second, its result so far (a
 * checkpoint), an event of the run, that its load has ended (by itself or by an `onError` rule), or its final result.
 */
export type FromWorker =
  | { readonly kind: 'ready' }
  | WorkerSecond
  | { readonly kind: 'checkpoint'; readonly result: Result }
  /** An `onError` rule has ended the share of this worker, so that the whole run is stopped. */
  | { readonly kind: 'stopped' }
  | WorkerLast
  /** An event of the worker's share, with secrets masked. */
  | { readonly kind: 'event'; readonly event: RunEvent }
  /** The load of the worker has ended. */
  | { readonly kind: 'over' }
  | { readonly kind: 'done'; readonly result: Result; readonly anomalies: string }

/** True when this process is a worker, that is, one of several processes that make the load of a run with `--workers`. */
export const isWorker = (): boolean => process.env[WORKER_VARIABLE] !== undefined && process.send !== undefined
