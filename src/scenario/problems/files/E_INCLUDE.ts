import { problemKind } from '../../read/source/finding.ts'

/** The error of `burn validate` for a file under `include:` that cannot be included, for example because it does not exist. */
export const E_INCLUDE = problemKind('E_INCLUDE', {
  refused: (file: string, reason: string) => [`cannot include ${file}: ${reason}`],
})
