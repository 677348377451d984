import { problemKind, shown } from '../../read/source/finding.ts'

/** The error of `burn validate` for a value of the wrong type, such as a text where a number is expected. */
export const E_TYPE = problemKind('E_TYPE', {
  expected: (expected: string, value: unknown, hint?: string | undefined) => [`expected ${expected}, got ${shown(value)}`, hint],
  /** Makes the message for a wrong type, from the message of the schema. */
  refused: (message: string, hint: string | undefined) => [message, hint],
})
