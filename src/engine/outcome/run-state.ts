/** What can be seen of a run while it goes. */
import { now, wallAnchor } from '../../clock.ts'
import type { Recorder } from '../../metrics/recorder.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import type { IterationCounts, Users } from '../schedule/users.ts'
import type { UsedUp } from './budgets.ts'
import type { SelfSeen } from './health.ts'

export interface PhaseTimes {
  startAt: number
  endAt: number
}

/** The state of a run, readable at any time: a checkpoint and the live view are made from it. */
export interface RunState {
  readonly plan: Plan
  readonly recorder: Recorder
  readonly iterations: IterationCounts
  /** Epoch ms of the start. */
  startedWall: number
  /** Monotonic ms. */
  startedAt: number
  endedAt: number
  readonly phaseTimes: PhaseTimes[]
  /** Index of the phase under way; phases.length while draining. */
  phase: number
  readonly users: () => number
  readonly queued: () => number
  readonly health: () => SelfSeen
  /** Templates and conditions that failed outside of any attempt, and how often. */
  readonly scenarioErrors: ReadonlyMap<string, number>
  /** Why setup ended the run before it began; undefined when it did not. */
  setupFailure: string | undefined
  /** One line for each step of setup and teardown that failed. */
  readonly setupTeardownFailures: string[]
  /** The failure for which `onError: stop` ended the run; undefined when it did not. */
  stoppedBy: { readonly step: string; readonly class: string } | undefined
  /** The budget that ended the run; undefined when none did. */
  usedUp: UsedUp | undefined
  /** Why a data file ended the run, when that is an error. */
  dataFailure: string | undefined
}

/** The state of a run that is about to begin. */
export function newState(
  plan: Plan,
  recorder: Recorder,
  users: Users,
  readings: Pick<RunState, 'queued' | 'health' | 'scenarioErrors'>,
): RunState {
  const startedAt = now()
  return {
    plan,
    recorder,
    iterations: users.counts,
    startedWall: wallAnchor() + startedAt,
    startedAt,
    endedAt: Number.NaN,
    phaseTimes: [],
    phase: 0,
    users: () => users.busy,
    ...readings,
    setupFailure: undefined,
    setupTeardownFailures: [],
    stoppedBy: undefined,
    usedUp: undefined,
    dataFailure: undefined,
  }
}
