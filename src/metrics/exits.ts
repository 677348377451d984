/** The exit codes that follow from the numbers of a whole run. */
import { EXIT } from '../errors.ts'
import type { Result, ThresholdResult, ValidityReason } from '../result/schema.ts'
import { type Exit, failsRun } from '../result/verdict.ts'
import { formatMs } from '../text/units.ts'
import { type Counters, targetFailures } from './counts/counters.ts'

/**
 * Returns the exit codes that follow from the measurements of a run: for a run in which nothing was sent or nothing succeeded, and for one whose
 * numbers are invalid. That nothing succeeded is only decided once the run is over.
 */
export function figureExits(counters: Counters, reasons: readonly ValidityReason[], isRunning = false): Exit[] {
  const found: Exit[] = []
  if (counters.started === 0) found.push({ code: EXIT.couldNotTest, why: 'no request was sent' })
  else if (counters.ok === 0 && !isRunning) found.push({ code: EXIT.couldNotTest, why: nothingWorked(counters) })
  const invalid = reasons.filter((reason) => reason.level === 'invalid')
  if (invalid.length > 0) found.push({ code: EXIT.notValid, why: invalid.map((reason) => reason.message).join('; ') })
  return found
}

/** Returns the exit code for failed thresholds, in a list; an empty list when no threshold failed the run. */
export function thresholdExits(thresholds: readonly ThresholdResult[]): Exit[] {
  const failing = thresholds.filter(failsRun)
  if (failing.length === 0) return []
  return [{ code: EXIT.verdictFailed, why: failing.map((t) => t.reason ?? t.threshold).join('; ') }]
}

type StopRules = NonNullable<Result['stopWhen']>

/** True when a `stopWhen` rule has ended the run because the target was saturated. */
export const isSaturated = (rules: StopRules): boolean => rules.some(({ when, ended }) => when === 'saturated' && ended)

/** Returns the exit code for a run that `stopWhen: saturated` has ended, in a list; an empty list for any other run. */
export function stopExits(rules: StopRules): Exit[] {
  return rules.flatMap((one) => (isSaturated([one]) ? [{ code: EXIT.verdictFailed, why: stopWhenText(one) }] : []))
}

/** Describes how a `stopWhen` rule ended the run, or was met without ending it: "ended early after 2m10s, saturated: 412 in flight, …". */
export function stopWhenText({ when, metAtMs, ended, text }: StopRules[number]): string {
  const at = formatMs(Math.round((metAtMs ?? 0) / 1000) * 1000)
  return ended ? `ended early after ${at}, ${when}: ${text}` : `${when} after ${at}: ${text} (stopWhen only monitors it)`
}

/** Returns the reason why no attempt was ok, in words. */
function nothingWorked(counters: Counters): string {
  const isByFaults = counters.injectedFailed > 0 && targetFailures(counters) === 0
  return isByFaults ? 'nothing succeeded: injected faults made every attempt fail' : 'nothing succeeded'
}
