/** What every session of a run shares. */
import type { ConnectionEvents } from '../connectors/connector.ts'
import type { Exchange } from '../exchange.ts'
import type { CheckOutcome, Place, Recorder } from '../metrics/recorder.ts'
import type { Plan } from '../scenario/plan.ts'
import type { Control } from './control.ts'
import type { IterationStart } from './session.ts'

/** A settled attempt with where it belongs; what the journal writes down. */
export interface SettledAttempt {
  readonly exchange: Exchange
  readonly place: Place
  readonly checks: readonly CheckOutcome[]
  readonly session: number
  readonly start: IterationStart
  readonly prompt: string
}

export interface RunContext {
  readonly plan: Plan
  readonly control: Control
  readonly recorder: Recorder
  readonly connectionEvents: ConnectionEvents
  /** Origins of embedded mocks, by target name. */
  readonly mockOrigins: ReadonlyMap<string, string>
  /** Some template or condition reads `reply.json`, so that bodies must be kept. */
  readonly readsReplyJson: boolean
  settled(attempt: SettledAttempt): void
}
