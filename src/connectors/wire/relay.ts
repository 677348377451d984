/** The relay that leads connections to their targets while a run injects faults on the wire: connectors dial it in place of a target. */
import type { NetConnectOpts } from 'node:net'
import { type Failure, INJECTED, type WireCauses } from '../../errors.ts'

/** A user's connection that goes through burn's relay to the target; the relay injects faults into its bytes. */
export interface RelayedConnection extends WireCauses {
  /** Gives the connection up before it has reached its target. */
  cancel(): void
}

/** The relay (a TCP proxy in this process) that the connections to a target go through while a run injects faults on the wire. */
export interface WireRelay {
  readonly host: string
  readonly port: number
  /**
   * Leads the connection that comes to the relay from the local port `from` to `to`. Calls `led` once, later: without an error when the target is
   * reached, else with the error that a connection without a relay would have had. `whose` seeds the faults that are drawn for the connection.
   */
  lead(from: number, to: NetConnectOpts, led: (error?: Error) => void, whose?: string): RelayedConnection
}

/**
 * The cause of failure of a connection that the injected fault `drop` has ended. All requests on it, also those of other users, fail because of that
 * fault, and not because of the target.
 */
export const DROPPED: WireCauses = { acted: new Set(['drop']), causeOf: () => 'drop', since: () => 'drop' }

/**
 * Returns a copy of a failure with the class of the injected fault `kind`, such as `injected_drop`, so that the failure does not count against the
 * target. The original class becomes the copy's `code` and the beginning of its message.
 */
export function injectedFailure(failure: Failure, kind: string): Failure {
  return { ...failure, class: INJECTED + kind, message: `${failure.class}: ${failure.message}`, code: failure.class }
}
