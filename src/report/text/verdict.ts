/** Returns the verdict of a run as reports print it. */
import type { Result, Verdict } from '../../result/schema.ts'

const WORDS: Record<Verdict, string> = {
  passed: 'PASSED',
  failed: 'FAILED',
  invalid: 'INVALID',
  could_not_test: 'COULD NOT TEST',
  aborted: 'ABORTED',
  incomplete: 'INCOMPLETE',
  error: 'ERROR',
}

/**
 * Returns the verdict that reports print for a run: `incomplete` for a checkpoint (status `running`), such as of a run whose process was killed;
 * otherwise the verdict of the result.
 */
export function shownVerdict(result: Result): Verdict {
  return result.status === 'running' ? 'incomplete' : result.verdict
}

/** Returns the verdict of a run in capitals, as reports print it: `PASSED`, `COULD NOT TEST`, … */
export function verdictWord(verdict: Verdict): string {
  return WORDS[verdict]
}
