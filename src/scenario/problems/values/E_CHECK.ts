import { problemKind } from '../../read/source/finding.ts'

/** A check of a reply that cannot be used. The words come from the checks in `metrics/check`. */
export const E_CHECK = problemKind('E_CHECK', {
  refused: (message: string, hint: string | undefined) => [message, hint],
})
