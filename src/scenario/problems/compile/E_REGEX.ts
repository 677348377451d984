import { problemKind } from '../../read/source/finding.ts'

/** A regular expression that cannot be read. The words come from its parser. */
export const E_REGEX = problemKind('E_REGEX', {
  unreadable: (message: string) => [message],
})
