import { problemKind } from '../../read/source/finding.ts'

/** A JSONPath that cannot be read. The words come from its parser. */
export const E_JSONPATH = problemKind('E_JSONPATH', {
  unreadable: (message: string) => [message],
})
