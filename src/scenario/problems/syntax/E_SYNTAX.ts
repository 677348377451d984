import { problemKind } from '../../read/source/finding.ts'

/** A text that is no YAML or JSON. The words come from who finds the place: `read/yaml/problems.ts` and `read/json-syntax.ts`. */
export const E_SYNTAX = problemKind('E_SYNTAX', {
  unreadable: (message: string, hint: string | undefined) => [message, hint],
})
