/** The exit codes that follow from the numbers of a whole run. */
import { EXIT } from '../errors.ts'
import type { Result, ThresholdResult, ValidityReason } from '../result/schema.ts'
import { type Exit, failsRun } from '../result/verdict.ts'
import { formatMs } from '../text/units.ts'
import { type Counters, targetFailures } from './counts/counters.ts'

/**
 * Returns an exit code for each reason why the measurements of a run are of no use: nothing was sent, nothing succeeded, or the numbers are invalid.
 * The list is empty when they can be used. While the run lasts (`isRunning`), it is too early to say that nothing succeeded.
 */
export function figureExits(counters: Counters, reasons: readonly ValidityReason[], isRunning = false): Exit[] {
  const found: Exit[] = []
  if (counters.started === 0) found.push({ code: EXIT.couldNotTest, why: 'no request was sent' })
  else if (counters.ok === 0 && !isRunning) found.push({ code: EXIT.couldNotTest, why: nothingWorked(counters) })
  const invalid = reasons.filter((reason) => reason.level === 'invalid')
  if (invalid.length > 0) found.push({ code: EXIT.notValid, why: invalid.map((reason) => reason.message).join('; ') })
  return found
}

/**
 * Returns the exit code for thresholds that failed a run. The result is a list, which is joined with the exit codes for other reasons; it is empty
 * when no threshold failed the run.
 */
export function thresholdExits(thresholds: readonly ThresholdResult[]): Exit[] {
  const failing = thresholds.filter(failsRun)
  if (failing.length === 0) return []
  return [{ code: EXIT.verdictFailed, why: failing.map((t) => t.reason ?? t.threshold).join('; ') }]
}

type StopRules = NonNullable<Result['stopWhen']>

/** True when a `stopWhen` rule has ended the run because the target was saturated. */
export const isSaturated = (rules: StopRules): boolean => rules.some(({ when, ended }) => when === 'saturated' && ended)

/**
 * Returns the exit code for a run that the rule `stopWhen: saturated` has ended. The result is a list, which is joined with the exit codes for other
 * reasons; it is empty for any other run.
 */
export function stopExits(rules: StopRules): Exit[] {
  return rules.flatMap((one) => (isSaturated([one]) ? [{ code: EXIT.verdictFailed, why: stopWhenText(one) }] : []))
}

/**
 * Describes when and why a `stopWhen` rule was met: "ended early after 2m10s, saturated: 412 in flight, …". For a rule that does not end the run,
 * says that it only monitors.
 */
export function stopWhenText({ when, metAtMs, ended, text }: StopRules[number]): string {
  const at = formatMs(Math.round((metAtMs ?? 0) / 1000) * 1000)
  return ended ? `ended early after ${at}, ${when}: ${text}` : `${when} after ${at}: ${text} (stopWhen only monitors it)`
}

/** Returns the reason why no attempt was ok, in words. */
function nothingWorked(counters: Counters): string {
  const isByFaults = counters.injectedFailed > 0 && targetFailures(counters) === 0
  return isByFaults ? 'nothing succeeded: injected faults made every attempt fail' : 'nothing succeeded'
}
