/** The exit codes that follow from the numbers of a whole run. */
import { EXIT } from '../errors.ts'
import type { ThresholdResult, ValidityReason } from '../result/schema.ts'
import { type Exit, failsRun } from '../result/verdict.ts'
import { type Counters, targetFailures } from './counts/counters.ts'

/**
 * Returns the exit codes that follow from the numbers of a run: when nothing was sent, nothing succeeded (only once the run is over), or the numbers
 * are invalid.
 */
export function figureExits(counters: Counters, reasons: readonly ValidityReason[], isRunning = false): Exit[] {
  const found: Exit[] = []
  if (counters.started === 0) found.push({ code: EXIT.couldNotTest, why: 'no request was sent' })
  else if (counters.ok === 0 && !isRunning) found.push({ code: EXIT.couldNotTest, why: nothingWorked(counters) })
  const invalid = reasons.filter((reason) => reason.level === 'invalid')
  if (invalid.length > 0) found.push({ code: EXIT.notValid, why: invalid.map((reason) => reason.message).join('; ') })
  return found
}

/** Returns the exit code of failed thresholds, in a list; an empty list when none failed the run. */
export function thresholdExits(thresholds: readonly ThresholdResult[]): Exit[] {
  const failing = thresholds.filter(failsRun)
  if (failing.length === 0) return []
  return [{ code: EXIT.verdictFailed, why: failing.map((t) => t.reason ?? t.threshold).join('; ') }]
}

/** Why no attempt was ok, in words. */
function nothingWorked(counters: Counters): string {
  const isByFaults = counters.injectedFailed > 0 && targetFailures(counters) === 0
  return isByFaults ? 'nothing succeeded: injected faults made every attempt fail' : 'nothing succeeded'
}
