import { problemKind } from '../../read/source/finding.ts'

/** The error of `burn validate` for a file without any content; comments do not count as content. */
export const E_EMPTY = problemKind('E_EMPTY', {
  nothing: () => ['the file is empty', '`burn generate` writes a scenario to start from'],
})
