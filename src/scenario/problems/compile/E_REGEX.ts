import { problemKind } from '../../read/source/finding.ts'

/** The error of `burn validate` for a regular expression that cannot be parsed. Its message comes from the parser of regular expressions. */
export const E_REGEX = problemKind('E_REGEX', {
  unreadable: (message: string) => [message],
})
