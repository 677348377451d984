/** What the loops know of a user: enough to start its iterations, and nothing of what it does in them. */
import type { IterationOutcome } from '../../metrics/counts/iterations.ts'

/** What makes an iteration start. */
export interface IterationStart {
  /** When it was due, on the monotonic clock. */
  readonly intended: number
  /** How long it waited for a free user, in ms. */
  readonly queueWaitMs: number
  /** Index of the phase in the plan. */
  readonly phase: number
  /** Number of this iteration in the run, from 0. */
  readonly iteration: number
  /** It walks through the steps of setup or teardown: no iteration of the load. */
  readonly setupOrTeardown?: boolean
  /** Teardown: it goes on whatever state the run is in, until its steps are done or `limitMs` are over. */
  readonly runsToCompletion?: boolean
  /** Teardown after a setup that failed: variables that setup would have captured may be missing. */
  readonly afterFailedSetup?: boolean
  /** Longest that it may take, in ms, for setup and teardown; those of the load have the plan's. */
  readonly limitMs?: number | undefined
}

/** A user whose iterations the loops start. */
export interface ScheduledUser {
  readonly id: number
  /** When its last iteration was over: the next one of a closed loop is due then. */
  readonly dueNext: number
  /** What waits that the scenario itself put in took of the last iteration, in ms. */
  readonly injectedMs: number
  /** Walks through the steps once. Never rejects for what the target does. */
  iterate(start: IterationStart): Promise<IterationOutcome>
  /** Cancels what is in flight. */
  cancel(): void
  /** Closes its connections. */
  close(): Promise<void>
}
