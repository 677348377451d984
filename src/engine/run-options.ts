import type { Exchange } from '../exchange.ts'
import type { Checkpoint } from './outcome/build-result.ts'
import type { LiveThresholds } from './outcome/evaluators.ts'
import type { RunState } from './outcome/run-state.ts'
import type { HookCalls } from './user/hooks/hook-calls.ts'
import type { SettledAttempt } from './user/run-context.ts'

/** Callbacks with which the caller follows a run. None of them may throw. */
export interface RunHooks {
  /** Called when the embedded mocks accept connections and the load is about to begin; `origins`: their addresses by target name. */
  readonly onReady?: (origins: ReadonlyMap<string, string>) => void
  /**
   * Called when everything is ready for the first arrival. The load begins when the promise resolves, at the moment that it gives (of the run's clock, in
   * ms): runs that are compared have to count from the same one. `captured`: the variables that setup has captured, for all users; others may be
   * added. `learn`: called with each secret among those, so that it is masked like those that setup itself has captured.
   */
  readonly beforeLoad?: (captured: Record<string, unknown>, learn: (secret: string) => void) => Promise<number>
  /** Called when the load and its drain are over. Teardown comes when the promise resolves: others may still be using what it removes. */
  readonly afterLoad?: () => Promise<void>
  /** Called with every request, as the connector has made it, just before it is sent. It holds credentials. */
  readonly onRequest?: (request: unknown, exchange: Exchange) => void
  /** Called for every attempt that has ended. */
  readonly onAttempt?: (attempt: SettledAttempt, run: RunState) => void
  /** Called once a second; `checkpoint` makes the result so far in pieces, with status `running`. It ends the making of the one before. `thresholds`: how they stand. */
  readonly onSecond?: (run: RunState, checkpoint: () => Checkpoint, thresholds: LiveThresholds) => void
  /** Called with every secret that is fetched while the run lasts, such as a token, before it is used. */
  readonly onSecret?: (value: string) => void
  /** Called when the load is over, while the embedded mocks still answer. */
  readonly onOver?: (run: RunState, origins: ReadonlyMap<string, string>) => Promise<void> | void
}

/** The settings and callbacks of `runPlan`, which runs the load of a plan. No callback may throw. */
export interface RunOptions extends Pick<RunHooks, 'beforeLoad' | 'afterLoad' | 'onRequest' | 'onAttempt' | 'onSecret'> {
  /** Addresses of the embedded mock servers, by target name. */
  readonly mockOrigins: ReadonlyMap<string, string>
  /** The hooks of plugins; left out for none. */
  readonly hooks?: HookCalls | undefined
  /** Returns how long attempts in flight may go on after the load, in ms. Called when the load ends: a signal may shorten it. */
  readonly gracefulMs: () => number
  /** Called once a second while the run lasts, when the timeline row of that second is complete. */
  readonly onSecond?: (run: RunState) => void
}
