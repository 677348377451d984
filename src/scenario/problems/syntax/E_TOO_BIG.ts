import { problemKind } from '../../read/source/finding.ts'

/** The error of `burn validate` for a file with more tokens or values than one scenario may have. */
export const E_TOO_BIG = problemKind('E_TOO_BIG', {
  tokens: (most: number) => [`more than ${most} tokens: too big for a scenario`],
  values: (most: number) => [`more than ${most} values, those that aliases repeat counted again`],
})
