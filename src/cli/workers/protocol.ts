/** What a run and its workers send each other. Both ends are the same program: a worker that speaks another version ends at once. */
import type { LiveView } from '../../report/live/view.ts'
import type { RunEvent } from '../../result/event.ts'
import type { Result } from '../../result/schema.ts'
import type { Share } from '../../statistics/parts/share.ts'
import type { ProcessSecond } from './figures.ts'

export const PROTOCOL_VERSION = 2

/** The variable by which a process recognises that it is a worker. What it is to do comes over IPC, so that no secret is on its command line. */
export const WORKER_VARIABLE = 'BURN_WORKER_PROCESS'

/** What one worker is to do. */
export interface WorkerJob {
  readonly kind: 'job'
  readonly version: number
  /** The arguments of the run itself, which the worker reads as its own. */
  readonly args: readonly string[]
  /** Which scenario of those that the arguments name: the hash of its plan. */
  readonly hash: string
  readonly seed: string
  readonly share: Share
  readonly runId: string
  /** The file of the worker's own part of the journal, and how large it may become. */
  readonly journal: { readonly path: string; readonly maxBytes: number }
  /** Addresses of the embedded mocks, in the order of the targets that have one. */
  readonly mocks: readonly string[]
  /** Whether somebody follows the seconds and events of the run. */
  readonly isFollowed: boolean
}

/** The load begins. */
interface Go {
  readonly kind: 'go'
  /** The moment when, on the monotonic clock of the machine. */
  readonly atNs: bigint
  /** The variables that setup has captured. */
  readonly captured: Readonly<Record<string, unknown>>
  /** The secrets among them, and others that the run has found until then: no process writes them. */
  readonly secrets: readonly string[]
}

/** From the run to a worker. */
export type ToWorker = WorkerJob | Go | { readonly kind: 'stop'; readonly graceMs: number } | { readonly kind: 'cancel' }

/** How far a worker is: figures for the screen, and what it has planned so far. */
interface WorkerSecond {
  readonly kind: 'second'
  readonly view: LiveView
  readonly planned: number
  /** What it saw; left out when nobody follows the run. */
  readonly seen?: ProcessSecond
}

/** From a worker to the run. */
export type FromWorker =
  | { readonly kind: 'ready' }
  | WorkerSecond
  | { readonly kind: 'checkpoint'; readonly result: Result }
  /** `onError` has ended its share, and with it the run. */
  | { readonly kind: 'stopped' }
  /** What it saw until its end. */
  | { readonly kind: 'last'; readonly seen: ProcessSecond }
  /** An event of its share, secrets masked. */
  | { readonly kind: 'event'; readonly event: RunEvent }
  /** It has nothing to say, and works: sent once a second while it asks a judge. */
  | { readonly kind: 'alive' }
  /** Its load is over. */
  | { readonly kind: 'over' }
  | { readonly kind: 'done'; readonly result: Result; readonly anomalies: string }

/** Whether this process is a worker of a run. */
export const isWorker = (): boolean => process.env[WORKER_VARIABLE] !== undefined && process.send !== undefined
