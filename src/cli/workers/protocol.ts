/** The messages between a run and its workers. Both ends are the same program: a worker of another version ends at once. */
import type { StopFinding } from '../../engine/stop/stop-watch.ts'
import type { LiveView } from '../../report/live/view.ts'
import type { RunEvent } from '../../result/event.ts'
import type { Result } from '../../result/schema.ts'
import type { Share } from '../../statistics/parts/share.ts'
import type { ProcessSecond } from './figures.ts'

/** The version of these messages; it is raised when they change. */
export const PROTOCOL_VERSION = 3

/** The environment variable that makes a process a worker. Its job comes in a message (IPC), so that no secret is on its command line. */
export const WORKER_VARIABLE = 'BURN_WORKER_PROCESS'

/** The first message to a worker: which share of which run it makes. */
export interface WorkerJob {
  readonly kind: 'job'
  readonly version: number
  /** The command-line arguments of the run, which the worker reads as its own. */
  readonly args: readonly string[]
  /** The hash of the plan, which says which of the scenarios in the arguments is run. */
  readonly hash: string
  /** Which test of a suite it is, from 0: several may have the same plan but for their secrets. Left out where no suite is run. */
  readonly test?: number
  readonly seed: string
  readonly share: Share
  readonly runId: string
  /** The file of the worker's own part of the journal, and how large it may become. */
  readonly journal: { readonly path: string; readonly maxBytes: number }
  /** Addresses of the embedded mocks, in the order of the targets that have one. */
  readonly mocks: readonly string[]
  /** True when the worker must report every second and its events, because somebody follows the run. */
  readonly isFollowed: boolean
}

/** The message that starts the load. */
interface Go {
  readonly kind: 'go'
  /** When the load begins, on the monotonic clock of the machine in ns. */
  readonly atNs: bigint
  /** The variables that setup has captured. */
  readonly captured: Readonly<Record<string, unknown>>
  /** The secrets that the run has found until now, captured ones included, so that the worker masks them. */
  readonly secrets: readonly string[]
}

/** A message from the run to a worker: its job, the start of the load, or to stop or cancel its share. */
export type ToWorker = WorkerJob | Go | StopMessage | { readonly kind: 'cancel' }

/** The message that ends the load of a worker. */
export interface StopMessage {
  readonly kind: 'stop'
  /** How long attempts in flight may go on, in ms. */
  readonly graceMs: number
  /** The rule of `stopWhen` that ends the run; left out when something else does. */
  readonly rule?: StopFinding
}

/** The message that a worker sends every second: its live figures, and how many attempts it has planned so far. */
interface WorkerSecond {
  readonly kind: 'second'
  readonly view: LiveView
  readonly planned: number
  /** The report of the second; left out when nobody follows the run. */
  readonly seen?: ProcessSecond
}

/** A message from a worker to the run: that it is ready, its figures, a checkpoint, its end, or its result. */
export type FromWorker =
  | { readonly kind: 'ready' }
  | WorkerSecond
  | { readonly kind: 'checkpoint'; readonly result: Result }
  /** An `onError` rule has ended the share of this worker; the run stops because of it. */
  | { readonly kind: 'stopped' }
  /** The last report, of the time after the last whole second. */
  | { readonly kind: 'last'; readonly seen: ProcessSecond }
  /** An event of its share, secrets masked. */
  | { readonly kind: 'event'; readonly event: RunEvent }
  /** The worker is still busy; sent once a second while it asks a judge. */
  | { readonly kind: 'alive' }
  /** The load of the worker is over. */
  | { readonly kind: 'over' }
  | { readonly kind: 'done'; readonly result: Result; readonly anomalies: string }

/** True when this process is a worker of a run. */
export const isWorker = (): boolean => process.env[WORKER_VARIABLE] !== undefined && process.send !== undefined
