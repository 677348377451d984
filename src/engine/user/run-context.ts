import type { CredentialSource } from '../../auth/index.ts'
import type { ConnectionEvents } from '../../connectors/wire/connector.ts'
import type { Exchange } from '../../exchange.ts'
import type { AttemptDimensions, CheckOutcome, Recorder } from '../../metrics/recorder.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import type { Control } from '../schedule/control.ts'
import type { IterationStart } from '../schedule/scheduled-user.ts'
import type { Quotas } from './reply/quotas.ts'
import type { Tagger } from './tagger.ts'
import type { Variables } from './variables.ts'

/** An attempt that has ended, with the step, phase and tags it is counted under. */
export interface SettledAttempt {
  readonly exchange: Exchange
  readonly dimensions: AttemptDimensions
  readonly checks: readonly CheckOutcome[]
  /** Id of the user. */
  readonly session: number
  readonly start: IterationStart
  /** Text of the message; '' for other requests. */
  readonly prompt: string
  /** 1 for the first try, more for retries. */
  readonly attempt: number
}

/** What all users of a run share: plan, recorder, limits and where they report outcomes. */
export interface RunContext {
  readonly plan: Plan
  readonly control: Control
  readonly recorder: Recorder
  readonly tagger: Tagger
  readonly connectionEvents: ConnectionEvents
  /** Origins of embedded mocks, by target name. */
  readonly mockOrigins: ReadonlyMap<string, string>
  /** Bodies must be kept: some template reads `reply.json`, or the conversation id is taken from them. */
  readonly keepsBodies: boolean
  readonly quotas: Quotas
  /** What setup captured. */
  readonly shared: Variables
  /** The next rows of all data files, for one iteration; undefined when there are none left: the run ends. */
  nextRows(user: number): Variables | undefined
  /** Where a target's credentials come from; undefined when its block alone tells them. */
  credentials(target: number): CredentialSource | undefined
  /** Records a settled attempt. */
  settled(attempt: SettledAttempt): void
  /** How long a user of a closed load rests before its next attempt because its target cannot be reached, in ms; else 0. */
  restMs(user: number, phase: number): number
  /** The connector's request, complete and about to be sent. */
  readonly onRequest: ((request: unknown, exchange: Exchange) => void) | undefined
  /** Takes a secret that setup or teardown has captured, such as a token, so that outputs mask it. */
  onSecret(value: string): void
  /** A failed attempt ends the run, as `onError` has it: which step, and how it failed. */
  stopByRule(step: string, failureClass: string): void
  /** A template or condition outside of any attempt failed, in an iteration of the load. */
  onScenarioError(message: string): void
}
