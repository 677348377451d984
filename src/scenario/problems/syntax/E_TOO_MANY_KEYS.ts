import { problemKind } from '../../read/source/finding.ts'

/** The error of `burn validate` for a map with more keys than one map may have. */
export const E_TOO_MANY_KEYS = problemKind('E_TOO_MANY_KEYS', {
  found: (most: number) => [`more than ${most} keys in one map`, 'large sets of values belong in a data file'],
})
