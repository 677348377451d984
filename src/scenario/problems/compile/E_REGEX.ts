import { problemKind } from '../../read/source/finding.ts'

/**
 * The error of `burn validate` for a regular expression that cannot be parsed, or that is empty in `capture`. Its message comes from the code that
 * refuses the expression, mostly the parser.
 */
export const E_REGEX = problemKind('E_REGEX', {
  unreadable: (message: string) => [message],
})
