import { problemKind } from '../../read/source/finding.ts'

/** A threshold that cannot be read, or that selects what is not there. The words come from `metrics/threshold`. */
export const E_THRESHOLD = problemKind('E_THRESHOLD', {
  refused: (message: string, hint: string | undefined) => [message, hint],
})
