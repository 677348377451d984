import type { CredentialSource } from '../../auth/index.ts'
import type { ConnectionEvents, OpenContext } from '../../connectors/wire/connector.ts'
import type { Turn } from '../../dialects/parts/dialect.ts'
import type { Exchange, WireCauses } from '../../exchange.ts'
import type { MaskedSample } from '../../metrics/judge/masked-sample.ts'
import type { QualityQueue } from '../../metrics/quality/queue.ts'
import type { AttemptDimensions, CheckOutcome, Recorder } from '../../metrics/recorder.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import type { Control } from '../schedule/control.ts'
import type { IterationStart } from '../schedule/scheduled-user.ts'
import type { HookCalls } from './hooks/hook-calls.ts'
import type { RunLimits } from './limits/run-limits.ts'
import type { CheckTurns } from './reply/check-turns.ts'
import type { Retention } from './reply/retention.ts'
import type { Tagger } from './tagger.ts'

/** An attempt that has its final outcome, with the step, phase and tags under which it is counted. */
export interface SettledAttempt {
  readonly exchange: Exchange
  readonly dimensions: AttemptDimensions
  readonly checks: readonly CheckOutcome[]
  /** The id of the user that made the attempt. */
  readonly session: number
  readonly start: IterationStart
  /** The text of the message; '' for a step that sends no message. */
  readonly prompt: string
  /** The message as it was sent, with its parts; undefined for a step that sends none, and for a message that could not be rendered. */
  readonly message: Turn | undefined
  /** How many rounds of calls of tools were answered before it in its step: above 0, it carries results of tools. */
  readonly toolRound: number
  /** True when the scenario answers the calls of tools in its reply, which is then no answer to the message. */
  readonly callsAnswered: boolean
  /** The attempt's number within its step: 1 for the first try, more for retries. */
  readonly attempt: number
  /** True for a reply that begins like the reply before it in the conversation. */
  readonly repeated: boolean
}

/** The relays that inject faults into connections, as far as users need them. */
interface WireInjections {
  /** Returns the relay that leads the connections to a target; undefined when none of them has injected faults. */
  relay(target: number): OpenContext['relay']
  /**
   * Gives a failed attempt the class of the injected connection fault that caused its failure. `opened` has the faults of the last connection that
   * was opened for it; `counts` is false for an attempt outside of the totals.
   */
  charge(exchange: Exchange, opened: WireCauses | undefined, counts: boolean): void
}

/** What all users of a run share: the plan, the limits, the recorder, and the methods with which they report what happens. */
export interface RunContext {
  readonly plan: Plan
  readonly control: Control
  readonly recorder: Recorder
  readonly tagger: Tagger
  /** Returns the callbacks for the connections of a user to a target. */
  connectionEvents(target: Plan['targets'][number], user: number): ConnectionEvents
  /** Addresses of the embedded mock servers, by target name. */
  readonly mockOrigins: ReadonlyMap<string, string>
  readonly retention: Retention
  readonly limits: RunLimits
  readonly quality: QualityQueue | undefined
  readonly gradedSample: MaskedSample | undefined
  readonly checkTurns: CheckTurns
  /** The relays that inject faults into connections; undefined when the scenario injects none. */
  readonly wireFaults: WireInjections | undefined
  /** The hooks of plugins; undefined when there are none. */
  readonly hooks: HookCalls | undefined
  /** Variables that the steps of setup have captured, for all users. */
  readonly shared: Record<string, unknown>
  /**
   * Returns the next row of every data file for one iteration, and the turn of the trace that it replays; undefined when a file has no row left,
   * which ends the run.
   */
  nextRows(user: number, start: Pick<IterationStart, 'phase' | 'turn'>): Record<string, unknown> | undefined
  /** Returns the source of a target's credentials; undefined when there is none, as for a fixed key in `auth:`. */
  credentials(target: number): CredentialSource | undefined
  /** Takes one request out of the budget of the run; false when it is used up, which ends the run. */
  mayRequest(start: Pick<IterationStart, 'setupOrTeardown'>): boolean
  /** Takes the tokens of a request that is no attempt, such as an injected copy, from the budget of the run. */
  spent(exchange: Exchange): void
  /** Records an attempt that has ended. */
  settled(attempt: SettledAttempt): void
  /** Returns the time since the load began, in ms. */
  elapsedMs(): number
  /** Returns how long a user of a closed load pauses because its target cannot be reached, in ms; otherwise 0. */
  restMs(user: number, phase: number): number
  /** Called with each request that a connector has made, just before it is sent. */
  readonly onRequest: ((request: unknown, exchange: Exchange) => void) | undefined
  /** Called with each secret that setup or teardown has captured, such as a token, so that it is masked in all outputs. */
  onSecret(value: string): void
  /** Ends the run because an `onError` rule says so. `step` is the step of the failed attempt, with its failure class. */
  stopByRule(step: string, failureClass: string): void
  /** Counts a template or condition that failed outside of any attempt, in an iteration of the load. */
  onScenarioError(message: string): void
}
