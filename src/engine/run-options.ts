import type { Exchange } from '../exchange.ts'
import type { Checkpoint } from './outcome/build-result.ts'
import type { LiveThresholds } from './outcome/evaluators.ts'
import type { RunState } from './outcome/run-state.ts'
import type { HookCalls } from './user/hooks/hook-calls.ts'
import type { SettledAttempt } from './user/run-context.ts'

/** The callbacks by which the caller of `runPlan` follows a run, for example once a second. None of them may throw. */
export interface RunHooks {
  /** Called when the embedded mocks accept connections and the load is about to begin. `origins` has their addresses, by target name. */
  readonly onReady?: (origins: ReadonlyMap<string, string>) => void
  /**
   * Called when setup is done and the load can begin. It begins once the promise resolves, at the time (monotonic ms) that it resolves with, so that
   * runs which are compared can begin together. `captured` has the variables that setup has captured, and may be given more; `learn` is called with
   * each secret among the added ones, so that it is masked.
   */
  readonly beforeLoad?: (captured: Record<string, unknown>, learn: (secret: string) => void) => Promise<number>
  /** Called when the load and its drain are over. Teardown waits for the promise, because other processes may still use what it removes. */
  readonly afterLoad?: () => Promise<void>
  /** Called with each request just before it is sent, in the form that its connector sends. It contains credentials. */
  readonly onRequest?: (request: unknown, exchange: Exchange) => void
  /** Called for every attempt when it has its outcome. */
  readonly onAttempt?: (attempt: SettledAttempt, run: RunState) => void
  /**
   * Called once a second. `checkpoint` starts building the result so far, in pieces, with status `running`, and abandons an unfinished one;
   * `thresholds` gives the state of the thresholds.
   */
  readonly onSecond?: (run: RunState, checkpoint: () => Checkpoint, thresholds: LiveThresholds) => void
  /** Called with every secret that is fetched while the run lasts, such as a token, before it is used. */
  readonly onSecret?: (value: string) => void
  /** Called when the load is over, while the embedded mock servers still answer. `origins` has their addresses, by target name. */
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
  /** Called once a second while the run lasts, after the timeline row of that second is complete. */
  readonly onSecond?: (run: RunState) => void
}
