import { problemKind } from '../../read/source/finding.ts'

/**
 * The error of `burn validate` for a threshold or an alert that cannot be parsed, or that names a tag or tag value that the scenario does not have.
 */
export const E_THRESHOLD = problemKind('E_THRESHOLD', {
  refused: (message: string, hint: string | undefined) => [message, hint],
})
