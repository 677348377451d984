/** The word for an exit code. */
import { EXIT, type ExitCode } from '../errors.ts'
import type { Verdict } from '../metrics/result.ts'

const WORDS: readonly (readonly [ExitCode, Verdict])[] = [
  [EXIT.ok, 'passed'],
  [EXIT.verdictFailed, 'failed'],
  [EXIT.couldNotTest, 'could_not_test'],
  [EXIT.notValid, 'invalid'],
  [EXIT.sigint, 'aborted'],
  [EXIT.sigterm, 'aborted'],
]

/** The verdict that goes with an exit code; `error` for those that say nothing about the target. */
export function verdictOf(code: ExitCode): Verdict {
  return WORDS.find(([known]) => known === code)?.[1] ?? 'error'
}
