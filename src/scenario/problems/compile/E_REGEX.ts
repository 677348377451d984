import { problemKind } from '../../read/source/finding.ts'

/** The error of `burn validate` for a regular expression that cannot be parsed. Its message is that of the regular expression parser. */
export const E_REGEX = problemKind('E_REGEX', {
  unreadable: (message: string) => [message],
})
