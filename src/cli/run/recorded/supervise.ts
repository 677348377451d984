import type { Exit } from '../../../engine/outcome/verdict.ts'
import { EXIT } from '../../../errors.ts'
import { untilOver } from '../../output/crash.ts'
import { reportFailure } from '../../output/failure.ts'
import { pluginError } from '../../output/plugin-fault.ts'

/**
 * Waits until a run has ended. Resolves with undefined or, when the run failed, with its exit code and reason. An error that nothing catches, such
 * as one in a timer, calls `cancel` and counts as a failure of the run.
 */
export async function supervise(finished: Promise<unknown>, cancel: () => void): Promise<Exit | undefined> {
  return endOf(await untilOver(finished, cancel))
}

/**
 * Returns how a thrown error ends the run: with exit code 7 for a local error such as a full disk, 2 for a scenario that cannot work, 5 for a bug.
 * Undefined without an error.
 */
function endOf(thrown: { readonly error: unknown } | undefined): Exit | undefined {
  if (thrown === undefined) return undefined
  const error = pluginError(thrown.error) ?? thrown.error
  const code = reportFailure(error)
  const message = error instanceof Error ? error.message : String(error)
  return { code, why: code === EXIT.bug ? `a bug in burn ended the run: ${message}` : message }
}
