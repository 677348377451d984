import { problemKind } from '../../read/source/finding.ts'

/** The error of `burn validate` for a JSONPath that cannot be parsed. Its message comes from the JSONPath parser. */
export const E_JSONPATH = problemKind('E_JSONPATH', {
  unreadable: (message: string) => [message],
})
