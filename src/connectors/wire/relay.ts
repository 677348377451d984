/** The relay that leads connections to their targets while a run injects faults on the wire: connectors dial it in place of a target. */
import type { NetConnectOpts } from 'node:net'
import { type Failure, INJECTED, type WireCauses } from '../../errors.ts'

/** A connection that is led through a relay. */
export interface LedWay extends WireCauses {
  /** Gives the connection up before it has reached its target. */
  cancel(): void
}

/** A relay of this process. */
export interface WireRelay {
  readonly host: string
  readonly port: number
  /**
   * Leads the connection that comes to the relay from the local port `from` to `to`. Calls `led` once, later: without an error when the target is
   * reached, else with the one that a connection without a relay would have had. `whose` seeds what is drawn for the connection.
   */
  lead(from: number, to: NetConnectOpts, led: (error?: Error) => void, whose?: string): LedWay
}

/** The cause of what fails when a connection is ended on purpose, by the fault `drop`: all who share it lose what is in flight on it. */
export const DROPPED: WireCauses = { acted: new Set(['drop']), causeOf: () => 'drop', since: () => 'drop' }

/** Returns a failure as that of an injected fault, which is not held against the target. */
export function injectedFailure(failure: Failure, kind: string): Failure {
  return { ...failure, class: INJECTED + kind, message: `${failure.class}: ${failure.message}`, code: failure.class }
}
