import type { Exchange } from '../exchange.ts'
import type { Result } from '../result/schema.ts'
import type { RunState } from './outcome/run-state.ts'
import type { SettledAttempt } from './user/run-context.ts'

/** Callbacks that are called while a run lasts. None of them may throw. */
export interface RunHooks {
  /** Called when the embedded mocks accept connections and the load is about to begin; `origins` by target name. */
  readonly onReady?: (origins: ReadonlyMap<string, string>) => void
  /** Called with every request, as the connector has made it, just before it is sent. It holds credentials. */
  readonly onRequest?: (request: unknown, exchange: Exchange) => void
  /** Called for every settled attempt. */
  readonly onAttempt?: (attempt: SettledAttempt, run: RunState) => void
  /** Called once a second; `checkpoint` makes the result so far, with status `running`. */
  readonly onSecond?: (run: RunState, checkpoint: () => Result) => void
  /** Called with every secret that is fetched while the run lasts, such as a token, before it is used. */
  readonly onSecret?: (value: string) => void
  /** Called when the load is over, while the embedded mocks still answer. */
  readonly onOver?: (run: RunState, origins: ReadonlyMap<string, string>) => Promise<void> | void
}

/** Settings and callbacks that the caller of a run provides. No callback may throw. */
export interface RunOptions extends Pick<RunHooks, 'onRequest' | 'onAttempt' | 'onSecret'> {
  /** Origins of embedded mocks, by target name. */
  readonly mockOrigins: ReadonlyMap<string, string>
  /** How long attempts in flight may go on after the load, in ms; asked when the drain begins, because a signal may shorten it. */
  readonly gracefulMs: () => number
  /** Called once a second while the run lasts, after the second's row of the timeline was closed. */
  readonly onSecond?: (run: RunState) => void
}
