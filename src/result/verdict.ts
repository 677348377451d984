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

/**
 * Returns the field `status` of a run's result from all exit codes that apply to the run: `failed` after a bug in burn or a problem of this machine,
 * `aborted` after a signal, otherwise `completed`.
 */
export function statusOfExits(codes: readonly ExitCode[]): Exclude<Result['status'], 'running'> {
  return codes.some(isBrokenCode) ? 'failed' : codes.some(isSignalCode) ? 'aborted' : 'completed'
}

/** True for a threshold result that does not show that the threshold holds: it failed, had no samples, or is undecided. */
export function isUnmet({ state }: Pick<ThresholdResult, 'state'>): boolean {
  return state === 'failed' || state === 'no_samples' || state === 'undecided'
}

/** True when a threshold makes the run fail: it was not met, and its severity is `fail`, not `warn`. */
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

/**
 * One of the exit codes that apply to a run that has ended, with the reason why. A run can have several, such as for a failed threshold and for a
 * signal.
 */
export interface Exit {
  readonly code: ExitCode
  readonly why: string
}

/** How a run ended: its verdict, reason and exit codes. */
export type RunEnd = Pick<Result, 'verdict' | 'reason' | 'exitCode' | 'exitCodes'>

/**
 * The reason that a completed shard (one part of a run) states for its verdict. It says that thresholds are evaluated later, when `burn merge` joins
 * the parts.
 */
export const PART_OVER = 'this part of the run completed; its thresholds are judged over all parts, by `burn merge`'

/**
 * Returns the verdict, the reason and the exit codes of a run. `found` holds all exit codes that apply; the most serious one decides. When there is
 * none, the verdict is `passed`, and the reason is the text in the argument `passed`.
 */
export function endOf(found: readonly Exit[], passed: string): RunEnd {
  const exitCode = worstExit(found.map(({ code }) => code))
  const reason = found.find(({ code }) => code === exitCode)?.why ?? passed
  return { verdict: verdictOf(exitCode), reason, exitCode, exitCodes: [...new Set(found.map(({ code }) => code))] }
}
