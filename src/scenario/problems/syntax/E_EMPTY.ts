import { problemKind } from '../../read/source/finding.ts'

/** A file without any content. */
export const E_EMPTY = problemKind('E_EMPTY', {
  nothing: () => ['the file is empty', '`burn generate` writes a scenario to start from'],
})
