/** The interface between the loops and a user: enough to start its iterations. */
import type { IterationOutcome } from '../../metrics/counts/iterations.ts'

/** The start of one iteration: when it was due, in which phase, and whether it belongs to the load, to setup or to teardown. */
export interface IterationStart {
  /** When the iteration was due, in ms on the monotonic clock. */
  readonly intended: number
  /** How long the iteration waited for a free user, in ms. */
  readonly queueWaitMs: number
  /** Index of the phase in the plan. */
  readonly phase: number
  /** Number of this iteration in the run, from 0. */
  readonly iteration: number
  /** The turn of the trace that it makes; undefined in a load that is no trace. */
  readonly turn?: number
  /** True for a turn that goes on the session of the user's last iteration: the conversation does, too. */
  readonly goesOn?: boolean
  /** True for a walk through the steps of setup or teardown, which is no iteration of the load. */
  readonly setupOrTeardown?: boolean
  /** True for teardown, which a stopped run does not end: it goes on until its steps are done or `limitMs` have passed. */
  readonly runsToCompletion?: boolean
  /** True for teardown after a failed setup: variables that setup would have captured may be missing. */
  readonly afterFailedSetup?: boolean
  /** Time limit of setup or teardown in ms; undefined for none. For iterations of the load, the plan's limit holds. */
  readonly limitMs?: number | undefined
}

/** A simulated user, as the scheduler sees it: it runs an iteration when the scheduler asks for one. */
export interface ScheduledUser {
  readonly id: number
  /** When the user's last iteration ended (monotonic ms). In a load without `pace`, its next iteration is due then. */
  readonly dueNext: number
  /** How long burn kept the user waiting on purpose in the last iteration, in ms: under `pace`, so much lateness of the next ones is not the target's. */
  readonly injectedMs: number
  /** Walks through the steps once. Never rejects because of what the target does. */
  iterate(start: IterationStart): Promise<IterationOutcome>
  /** Connects before the first iteration. Resolves with false when that fails, is aborted or not possible; never rejects. */
  connectAhead(signal: AbortSignal): Promise<boolean>
  /** Cancels the user's attempt in flight. */
  cancel(): void
  /** Closes the user's connections. */
  close(): Promise<void>
}
