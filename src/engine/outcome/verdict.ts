/** How a run ended: every exit code that applies, the verdict they make, and why. */
import { EXIT, type ExitCode, worstExit } from '../../errors.ts'
import { targetFailures } from '../../metrics/counts/counters.ts'
import { failsRun } from '../../metrics/threshold/evaluate.ts'
import type { Counts, Result, ThresholdResult, ValidityReason } from '../../result/schema.ts'
import { isBrokenCode, isSignalCode, passedReason, statusOfExits, verdictOf } from '../../result/verdict.ts'
import type { RunState } from './run-state.ts'
import { ranMs } from './run-state.ts'
import { stopText } from './stop-rule.ts'

/** A reason for an exit code that does not come from the measured numbers: a signal, a full disk or a bug. */
export interface Exit {
  readonly code: ExitCode
  readonly why: string
}

/** Whoever finds a checkpoint later must not take half a run for a pass: less was measured than was planned. */
const UNDER_WAY: Exit = { code: EXIT.notValid, why: 'the run was still under way when this was written' }

/** What is known of the end beside the numbers. */
interface Ended {
  readonly isRunning: boolean
  readonly exits: readonly Exit[]
}

/** Returns all exit codes that apply to a run, the verdict that follows from them, and the reason in words. */
export function verdictAndExits(
  counts: Counts,
  thresholds: readonly ThresholdResult[],
  reasons: readonly ValidityReason[],
  state: RunState,
  context: Ended,
) {
  const failing = thresholds.filter(failsRun)
  const found: Exit[] = context.isRunning ? [UNDER_WAY] : [...context.exits]
  for (const why of [state.unhealthy, state.setupFailure, state.dataFailure])
    if (why !== undefined) found.push({ code: EXIT.couldNotTest, why })
  if (counts.started === 0) found.push({ code: EXIT.couldNotTest, why: 'no request was sent' })
  else if (counts.ok === 0 && !context.isRunning) found.push({ code: EXIT.couldNotTest, why: nothingWorked(state) })
  const invalid = reasons.filter((reason) => reason.level === 'invalid')
  if (invalid.length > 0) found.push({ code: EXIT.notValid, why: invalid.map((reason) => reason.message).join('; ') })
  if (state.stoppedBy) found.push({ code: EXIT.verdictFailed, why: stopText(state, state.stoppedBy) })
  const budgetEnd = state.budget.endText(ranMs(state))
  if (state.broken !== undefined) found.push({ code: EXIT.verdictFailed, why: state.broken })
  if (budgetEnd !== undefined) found.push({ code: EXIT.verdictFailed, why: `ended early: ${budgetEnd}` })
  if (failing.length > 0) found.push({ code: EXIT.verdictFailed, why: failing.map((t) => t.reason ?? t.threshold).join('; ') })
  const exitCode = worstExit(found.map(({ code }) => code))
  const why = found.find(({ code }) => code === exitCode)?.why ?? passedReason(thresholds)
  const verdict = context.isRunning ? 'incomplete' : verdictOf(exitCode)
  return { verdict, reason: why, exitCode, exitCodes: [...new Set(found.map(({ code }) => code))] }
}

/** Why no attempt was ok, in words. */
function nothingWorked({ recorder: { total } }: RunState): string {
  const { counters } = total
  const isInjected = counters.injectedFailed > 0 && targetFailures(counters) === 0
  return isInjected ? 'nothing succeeded: injected faults made every attempt fail' : 'nothing succeeded'
}

/** Adds exit codes to a result for what happened after it was built, such as a report that could not be written. */
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

/** Returns the field `status` of the result: running, completed, aborted (by a signal), or failed (by a bug or a problem of this machine). */
export function statusOf({ isRunning, exits }: Ended): Result['status'] {
  if (isRunning) return 'running'
  return statusOfExits(exits.map(({ code }) => code))
}
