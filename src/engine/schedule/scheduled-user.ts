/** The interface between the loops and a user: enough to start its iterations. */
import type { IterationOutcome } from '../../metrics/counts/iterations.ts'

/** The start of one iteration of a user: when it was due, in which phase, and whether it is part of the load, of setup or of teardown. */
export interface IterationStart {
  /** When the iteration was due, in ms on the monotonic clock. */
  readonly intended: number
  /** How long the iteration waited for a free user, in ms. */
  readonly queueWaitMs: number
  /** Index of the iteration's phase in the plan. */
  readonly phase: number
  /** Number of this iteration in the run, from 0. */
  readonly iteration: number
  /** Index of the turn (recorded request) that the iteration replays; undefined in a load that replays no trace. */
  readonly turn?: number
  /** True for a turn of a replayed trace that continues the session of the user's last iteration, so that its conversation continues, too. */
  readonly goesOn?: boolean
  /** True for a walk through the steps of setup or teardown, which is no iteration of the load. */
  readonly setupOrTeardown?: boolean
  /** True for teardown, which goes on after the run was stopped, until its steps are done or `limitMs` have passed. */
  readonly runsToCompletion?: boolean
  /** True for teardown after a failed setup: variables that setup would have captured may be missing, which is no error. */
  readonly afterFailedSetup?: boolean
  /** Time limit of setup or teardown in ms; undefined for none. For iterations of the load, the plan's limit holds. */
  readonly limitMs?: number | undefined
}

/** A simulated user, as the scheduler sees it: it runs an iteration when the scheduler asks for one. */
export interface ScheduledUser {
  readonly id: number
  /** When the user's last iteration ended (monotonic ms); in a load without `pace`, the user's next iteration is due then. */
  readonly dueNext: number
  /**
   * How long burn kept the user waiting on purpose in the last iteration, in ms. Under `pace`, as much lateness of the next iterations does not count
   * against the target.
   */
  readonly injectedMs: number
  /** Walks through the steps once. Never rejects because of what the target does. */
  iterate(start: IterationStart): Promise<IterationOutcome>
  /** Opens the user's connection before its first iteration. Resolves with false when that fails, is aborted or not possible; never rejects. */
  connectAhead(signal: AbortSignal): Promise<boolean>
  /** Cancels the user's attempt in flight. */
  cancel(): void
  /** Closes the user's connections. */
  close(): Promise<void>
}
