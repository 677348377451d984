import { problemKind } from '../../read/source/finding.ts'

/** A file that the scenario cannot include. */
export const E_INCLUDE = problemKind('E_INCLUDE', {
  refused: (file: string, reason: string) => [`cannot include ${file}: ${reason}`],
})
