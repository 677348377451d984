/** Computes the verdict of a run, all exit codes that apply to it, and the reason in words. */
import { EXIT, worstExit } from '../../errors.ts'
import type { Counters } from '../../metrics/counts/counters.ts'
import { figureExits, stopExits, thresholdExits } from '../../metrics/exits.ts'
import type { Result, ThresholdResult, ValidityReason } from '../../result/schema.ts'
import {
  type Exit,
  endOf,
  isBrokenCode,
  isSignalCode,
  PART_OVER,
  passedReason,
  type RunEnd,
  statusOfExits,
  verdictOf,
} from '../../result/verdict.ts'
import type { RunState } from './run-state.ts'
import { ranMs } from './run-state.ts'
import { stopText } from './stop-rule.ts'

/** The exit code in a checkpoint, which is written while the run goes on: an unfinished run must not count as passed. */
const UNDER_WAY: Exit = { code: EXIT.notValid, why: 'the run was still under way when this was written' }

export type { Exit } from '../../result/verdict.ts'

/** The facts about the end of a run that its verdict depends on, apart from its numbers. */
interface Ended {
  readonly isRunning: boolean
  readonly exits: readonly Exit[]
}

/** Returns the verdict of a run (`incomplete` while it goes on), the reason in words, and all exit codes that apply. */
export function verdictAndExits(
  counters: Counters,
  thresholds: readonly ThresholdResult[],
  reasons: readonly ValidityReason[],
  state: RunState,
  context: Ended,
): RunEnd {
  const found: Exit[] = context.isRunning ? [UNDER_WAY] : [...context.exits]
  for (const why of [state.unhealthy, state.setupFailure, state.dataFailure])
    if (why !== undefined) found.push({ code: EXIT.couldNotTest, why })
  // These exit codes need the numbers of the whole load, which one share does not have.
  if (!state.share) found.push(...figureExits(counters, reasons, context.isRunning))
  if (state.stoppedBy) found.push({ code: EXIT.verdictFailed, why: stopText(state, state.stoppedBy) })
  const budgetEnd = state.budget.endText(ranMs(state))
  if (state.broken !== undefined) found.push({ code: EXIT.verdictFailed, why: state.broken })
  if (!state.share) found.push(...stopExits(state.stopWatch.read()))
  if (budgetEnd !== undefined) found.push({ code: EXIT.verdictFailed, why: `ended early: ${budgetEnd}` })
  found.push(...thresholdExits(thresholds))
  const end = endOf(found, state.share ? PART_OVER : passedReason(thresholds))
  return context.isRunning ? { ...end, verdict: 'incomplete' } : end
}

/**
 * Returns the thresholds whose outcome this process reports: all of them or, when it makes only a part of the run, those that ended the run early.
 * The others are evaluated over all parts together.
 */
export function decidedHere({ share }: RunState, thresholds: readonly ThresholdResult[]): readonly ThresholdResult[] {
  return share ? thresholds.filter(({ aborted }) => aborted) : thresholds
}

/**
 * Returns a copy of a result with further exit codes, for what happened after the result was built, such as a report that could not be written. The
 * status, the verdict and the reason of the copy take these `exits` into account.
 */
export function withExits(result: Result, exits: readonly Exit[]): Result {
  const exitCode = worstExit([...result.exitCodes, ...exits.map(({ code }) => code)])
  const why = result.exitCodes.includes(exitCode) ? undefined : exits.find(({ code }) => code === exitCode)?.why
  return {
    ...result,
    status: exits.some(isBroken) ? 'failed' : result.status,
    verdict: verdictOf(exitCode),
    reason: why ?? result.reason,
    exitCode,
    exitCodes: [...new Set([...exits.map(({ code }) => code), ...result.exitCodes])],
  }
}

/** True when a signal (SIGINT or SIGTERM) is the reason for an exit code. */
export const isSignal = ({ code }: Exit) => isSignalCode(code)
const isBroken = ({ code }: Exit) => isBrokenCode(code)

/**
 * Returns the value of the field `status` of a run's result: running, completed, aborted (by a signal), or failed (by a bug or a problem of this
 * machine).
 */
export function statusOf({ isRunning, exits }: Ended): Result['status'] {
  if (isRunning) return 'running'
  return statusOfExits(exits.map(({ code }) => code))
}
