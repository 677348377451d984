import type { Counts, GeneratorHealth, HookSummary, ValidityReason } from '../../result/schema.ts'
import type { IterationCounters } from '../counts/iterations.ts'
import type { ArrivalPhase } from './arrival-shape.ts'
import type { ReasonCode } from './validity-reasons.ts'

/** The limits beyond which the numbers of a run count as invalid, such as burn's own lateness (`lagP99Ms`, which `--allow-lag` raises). */
export interface ValidityBounds {
  readonly lagP99Ms: number
  readonly dropped: number
  /** Largest share of attempts that the end of the run may cut, so that no latency includes them. */
  readonly censored: number
  readonly stalledShare: number
  readonly loopBusy: number
  readonly local: number
}

/** The default limits beyond which the numbers of a run count as invalid. */
export const DEFAULT_BOUNDS: ValidityBounds = {
  lagP99Ms: 10,
  dropped: 0.001,
  censored: 0.1,
  stalledShare: 0.005,
  loopBusy: 0.95,
  local: 0.001,
}

/** The facts about a run from which the validity rules decide whether its numbers are valid, such as how late burn itself was. */
export interface ValidityFacts {
  readonly health: GeneratorHealth
  readonly counts: Counts
  /** The phases that have begun, with the figures about when their arrivals started. */
  readonly phases?: readonly ArrivalPhase[]
  /** The time between arrivals at the highest rate of the load, in ms; undefined without a load that has a rate. */
  readonly plannedGapMs?: number
  readonly durationMs: number
  /** The number of failures whose cause lies in burn or this machine, by failure class (`local_…`). */
  readonly localFailures: ReadonlyMap<string, number>
  /** Counts of the iterations by how they ended, without those of warm-ups. */
  readonly iterations: Readonly<IterationCounters>
  /** Names of the message steps in whose ok replies burn never found a text. */
  readonly textless?: readonly string[]
  /** The message steps in some of whose ok replies burn did not find the text. */
  readonly unread?: readonly UnreadStep[]
  /** Number of replies before which the target sent messages that belong to no request. */
  readonly unasked?: number
  /** Number of iterations of paced users that never started because their user was still busy when the phase ended. */
  readonly lateIterations: number
  /** Number of attempts that `rateLimit` of the scenario dropped because the scenario says so. */
  readonly droppedByLimit?: number
  /** Number of attempts dropped by `rateLimit` that still waited for their turn when the run ended. */
  readonly leftAtLimit?: number
  /** The number of iterations that never started because a rule, a threshold or a signal ended the run early, not for want of users. */
  readonly droppedAtStop?: number
  /** The number of arrivals that never started because burn itself was behind its timetable, not for want of users. */
  readonly droppedBehind?: number
  /**
   * True when no threshold depends on burn's lateness: each either passed although lateness can only have made that harder, or has the same
   * outcome without the attempts that a disturbance may have affected.
   */
  readonly proven?: boolean
  /** True when `proven` holds only because the attempts that a disturbance may have affected were left out. */
  readonly provenByClean?: boolean
  /** True when burn's own lateness may have made a threshold pass or fail. */
  readonly contested?: boolean
  /** Medians, in ms, of metrics of a closed load (service_time, ttft, itl). Undefined for an open load, whose lateness shows as lag. */
  readonly closedMedians?: Readonly<Record<string, number>>
  /** The plugin hook that has blocked burn for the longest time; undefined without hooks. */
  readonly longestHook?: Pick<HookSummary, 'plugin' | 'hook' | 'blockedMs'>
  /** True when the user ended the run; then attempts that were cut say nothing about the scenario. */
  readonly interrupted: boolean
  /** True when the run was ended as saturated: attempts in flight kept growing, so that many were cut. */
  readonly saturated?: boolean
}

/** A message step with ok replies in which burn found no text, and how many of its ok replies these are. */
export interface UnreadStep {
  readonly step: string
  readonly count: number
  /** Number of ok replies of the step; `count` is the number of them in which burn found no text. */
  readonly of: number
  /** A description of what one of these replies contained instead of text; undefined when not known. Untrusted. */
  readonly what: string | undefined
}

/** A function that looks for one reason why the numbers of a run may be wrong; it returns undefined when that reason does not apply. */
export type ValidityRule = (facts: ValidityFacts, bounds: ValidityBounds) => ValidityReason | undefined

/** Creates a reason why the numbers of a run may be wrong, from its severity, its code and a message. */
export const reason = (level: ValidityReason['level'], code: ReasonCode, message: string, hint: string): ValidityReason => ({
  level,
  code,
  message,
  hint,
})
/** Formats a number from 0 to 1 as a percentage, for a message about the validity of a run. */
export const percent = (share: number) => `${(share * 100).toFixed(share < 0.1 ? 2 : 0)} %`

/** Returns the fraction `part` ÷ `whole`, for a validity rule; 0 when `whole` is 0. */
export const shareOf = (part: number, whole: number) => (whole === 0 ? 0 : part / whole)
