/** How the words of a result follow from its exit codes. */
import { EXIT, type ExitCode } from '../errors.ts'
import type { Verdict } from './schema.ts'

const WORDS: readonly (readonly [ExitCode, Verdict])[] = [
  [EXIT.ok, 'passed'],
  [EXIT.verdictFailed, 'failed'],
  [EXIT.couldNotTest, 'could_not_test'],
  [EXIT.notValid, 'invalid'],
  [EXIT.sigint, 'aborted'],
  [EXIT.sigterm, 'aborted'],
]

/** Returns the verdict that goes with an exit code; `error` for a code that says nothing about the target. */
export function verdictOf(code: ExitCode): Verdict {
  return WORDS.find(([known]) => known === code)?.[1] ?? 'error'
}

/** True for the exit code of a signal: SIGINT or SIGTERM. */
export const isSignalCode = (code: ExitCode) => code === EXIT.sigint || code === EXIT.sigterm
/** True for the exit code of a bug in burn, or of a problem of this machine. */
export const isBrokenCode = (code: ExitCode) => code === EXIT.bug || code === EXIT.local
