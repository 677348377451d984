/** Derives verdict, status and reason of a result from its exit codes. */
import { EXIT, type ExitCode, worstExit } from '../errors.ts'
import type { Result, ThresholdResult, Verdict } from './schema.ts'

const WORDS: readonly (readonly [ExitCode, Verdict])[] = [
  [EXIT.ok, 'passed'],
  [EXIT.verdictFailed, 'failed'],
  [EXIT.couldNotTest, 'could_not_test'],
  [EXIT.notValid, 'invalid'],
  [EXIT.sigint, 'aborted'],
  [EXIT.sigterm, 'aborted'],
]

/** Returns the verdict that belongs to an exit code; `error` for a code that says nothing about the target, such as the code for a bug in burn. */
export function verdictOf(code: ExitCode): Verdict {
  return WORDS.find(([known]) => known === code)?.[1] ?? 'error'
}

/** True for an exit code which means that a signal ended the run: SIGINT or SIGTERM. */
export const isSignalCode = (code: ExitCode) => code === EXIT.sigint || code === EXIT.sigterm
/** True for an exit code which means a bug in burn, or a problem of this machine such as a full disk. */
export const isBrokenCode = (code: ExitCode) => code === EXIT.bug || code === EXIT.local

/** Returns the field `status` of the result of a run that has ended, from the run's exit codes: `failed`, `aborted` or `completed`. */
export function statusOfExits(codes: readonly ExitCode[]): Exclude<Result['status'], 'running'> {
  return codes.some(isBrokenCode) ? 'failed' : codes.some(isSignalCode) ? 'aborted' : 'completed'
}

/** True for a threshold result that does not show that the threshold holds: it failed, had no samples, or is undecided. */
export function isUnmet({ state }: Pick<ThresholdResult, 'state'>): boolean {
  return state === 'failed' || state === 'no_samples' || state === 'undecided'
}

/** True when a threshold result makes the run fail: the threshold is more than a warning, and its result is not a pass. */
export function failsRun(result: Pick<ThresholdResult, 'state' | 'severity'>): boolean {
  return result.severity === 'fail' && isUnmet(result)
}

/**
 * Returns the reason to print for a run that passed, such as "all 3 thresholds met". The text also names thresholds that are not met but only warn.
 */
export function passedReason(thresholds: readonly ThresholdResult[]): string {
  const warnings = thresholds.filter((t) => t.severity === 'warn' && isUnmet(t))
  const met = thresholds.filter(({ state }) => state === 'passed').length
  if (warnings.length === 0) return met === 1 ? 'the threshold was met' : `all ${met} thresholds met`
  const count = `${warnings.length} warning${warnings.length === 1 ? '' : 's'}`
  return `all that must be met was met, with ${count}: ${warnings.map((t) => t.reason ?? t.threshold).join('; ')}`
}

/** An exit code that applies to a run that has ended, with the reason why. */
export interface Exit {
  readonly code: ExitCode
  readonly why: string
}

/** How a run ended: its verdict, reason and exit codes. */
export type RunEnd = Pick<Result, 'verdict' | 'reason' | 'exitCode' | 'exitCodes'>

/**
 * The reason that a completed shard (one part of a run) states for its verdict. It says that thresholds are judged when `burn merge` joins the parts.
 */
export const PART_OVER = 'this part of the run completed; its thresholds are judged over all parts, by `burn merge`'

/**
 * Returns verdict, reason and exit code of a run from all exit codes that apply to it. The most serious code gives the reason; without any code, the
 * verdict is `passed`.
 */
export function endOf(found: readonly Exit[], passed: string): RunEnd {
  const exitCode = worstExit(found.map(({ code }) => code))
  const reason = found.find(({ code }) => code === exitCode)?.why ?? passed
  return { verdict: verdictOf(exitCode), reason, exitCode, exitCodes: [...new Set(found.map(({ code }) => code))] }
}
