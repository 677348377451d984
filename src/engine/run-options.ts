/** What a run is given by its caller. */
import type { Exchange } from '../exchange.ts'
import type { RunState } from './outcome/run-state.ts'
import type { SettledAttempt } from './user/run-context.ts'

/** What the caller provides and wants to hear. */
export interface RunOptions {
  readonly mockOrigins: ReadonlyMap<string, string>
  /** Every settled attempt, for the journal. Must not throw. */
  readonly onSettled?: (attempt: SettledAttempt, run: RunState) => void
  /** Every request as the connector has made it, credentials and all, about to be sent: for `burn ping`. */
  readonly onRequest?: (request: unknown, exchange: Exchange) => void
  /** Once a second while the run lasts, after the second was rotated. */
  readonly onSecond?: (run: RunState) => void
  /** How long attempts in flight may go on; asked when the drain begins, because a signal may shorten it. */
  readonly gracefulMs: () => number
  /** Tokens that are got while the run lasts: they must never be written out. */
  readonly onSecret?: (value: string) => void
}
