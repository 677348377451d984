/** What a second of a run counts. */
import type { Counters } from '../../../src/metrics/counts/counters.ts'

export interface Second extends Partial<Counters> {
  readonly ttft?: readonly number[]
  readonly inFlight?: number
}

export const errors = (failed: number): Second => ({ planned: 10, started: 10, ok: 10 - failed, failed })
