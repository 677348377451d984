import { problemKind } from '../../read/source/finding.ts'

/** The error of `burn validate` for maps and lists that are nested too deeply. */
export const E_DEPTH = problemKind('E_DEPTH', {
  deeper: (most: number) => [`nested deeper than ${most} levels`],
})
