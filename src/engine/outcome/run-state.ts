import { now, wallAnchor } from '../../clock.ts'
import type { Recorder } from '../../metrics/recorder.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import type { PhaseTimes } from '../schedule/phases.ts'
import type { IterationCounts } from '../schedule/users.ts'
import type { UsedUp } from './budgets.ts'
import type { SelfSeen } from './health.ts'

/** The state of a run: plan, recorder, times and how it ended. It can be read at any time. */
export interface RunState {
  readonly plan: Plan
  readonly recorder: Recorder
  readonly iterations: IterationCounts
  /** When the load began, in epoch ms. */
  startedWall: number
  /** When the load began, on the monotonic clock in ms. */
  startedAt: number
  /** When the drain was over, on the same clock; NaN until then. */
  endedAt: number
  readonly phaseTimes: PhaseTimes[]
  /** Index of the phase under way; phases.length while draining. */
  phase: number
  /** Users at work now. */
  readonly users: () => number
  /** Arrivals that wait for a free user now. */
  readonly queued: () => number
  readonly health: () => SelfSeen
  /** Templates and conditions that failed outside of any attempt, and how often. */
  readonly scenarioErrors: Map<string, number>
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

/** Returns the state of a run before it begins. `readings` are functions that give the numbers of users and arrivals and the health of the process. */
export function newState(plan: Plan, recorder: Recorder, readings: Pick<RunState, 'users' | 'queued' | 'health'>): RunState {
  const startedAt = now()
  return {
    plan,
    recorder,
    iterations: { planned: 0, completed: 0, failed: 0, expired: 0, faulted: 0, cut: 0, dropped: 0 },
    startedWall: wallAnchor() + startedAt,
    startedAt,
    endedAt: Number.NaN,
    phaseTimes: [],
    phase: 0,
    ...readings,
    scenarioErrors: new Map(),
    setupFailure: undefined,
    setupTeardownFailures: [],
    stoppedBy: undefined,
    usedUp: undefined,
    dataFailure: undefined,
  }
}
