/** The interface between the loops and a user: enough to start its iterations. */
import type { IterationOutcome } from '../../metrics/counts/iterations.ts'

/** When and why one iteration starts. */
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
  /** Longest that setup or teardown may take, in ms; undefined: no limit. Iterations of the load have the plan's limit. */
  readonly limitMs?: number | undefined
}

/** A simulated user as the scheduler sees it: something whose iterations it starts. */
export interface ScheduledUser {
  readonly id: number
  /** When its last iteration was over, on the monotonic clock; without a pace the next one is due then. */
  readonly dueNext: number
  /** Time of the last iteration that the scenario itself asked to inject, in ms; a pace moves on by it. */
  readonly injectedMs: number
  /** Walks through the steps once. Never rejects for what the target does. */
  iterate(start: IterationStart): Promise<IterationOutcome>
  /** Cancels what is in flight. */
  cancel(): void
  /** Closes its connections. */
  close(): Promise<void>
}
