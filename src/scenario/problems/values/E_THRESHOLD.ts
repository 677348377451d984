import { problemKind } from '../../read/source/finding.ts'

/**
 * The error of `burn validate` for a threshold or an alert that cannot be parsed, or that does not suit the scenario, for example because it names a
 * tag that the scenario does not have.
 */
export const E_THRESHOLD = problemKind('E_THRESHOLD', {
  refused: (message: string, hint: string | undefined) => [message, hint],
})
