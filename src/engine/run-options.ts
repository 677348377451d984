/** What a run is given by its caller. */
import type { Exchange } from '../exchange.ts'
import type { RunState } from './outcome/run-state.ts'
import type { SettledAttempt } from './user/run-context.ts'

/** What the caller of a run provides, and what it is notified of. None of the functions may throw. */
export interface RunOptions {
  /** Origins of embedded mocks, by target name. */
  readonly mockOrigins: ReadonlyMap<string, string>
  /** Called for every settled attempt. */
  readonly onSettled?: (attempt: SettledAttempt, run: RunState) => void
  /** Called with every request, as the connector has made it, just before it is sent. It holds credentials. */
  readonly onRequest?: (request: unknown, exchange: Exchange) => void
  /** Called once a second while the run lasts, after the second's row of the timeline was closed. */
  readonly onSecond?: (run: RunState) => void
  /** How long attempts in flight may go on after the load, in ms; asked when the drain begins, because a signal may shorten it. */
  readonly gracefulMs: () => number
  /** Called with every secret that is fetched while the run lasts, such as a token, before it is used. */
  readonly onSecret?: (value: string) => void
}
