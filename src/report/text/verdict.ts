/** The verdict as people read it. */
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

/** The verdict to show: a checkpoint of a run that never ended is INCOMPLETE, whatever it says of itself. */
export function shownVerdict(result: Result): Verdict {
  return result.status === 'running' ? 'incomplete' : result.verdict
}

/** `PASSED`, `COULD NOT TEST`, … */
export function verdictWord(verdict: Verdict): string {
  return WORDS[verdict]
}
