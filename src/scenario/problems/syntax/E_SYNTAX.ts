import { problemKind } from '../../read/source/finding.ts'

/** The error of `burn validate` for a text that is no valid YAML or JSON, such as one with an unclosed bracket. */
export const E_SYNTAX = problemKind('E_SYNTAX', {
  unreadable: (message: string, hint: string | undefined) => [message, hint],
})
