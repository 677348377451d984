import { problemKind, shown } from '../../read/source/finding.ts'

/** The error of `burn validate` for a condition that cannot be parsed, or whose value is not true or false. */
export const E_EXPRESSION = problemKind('E_EXPRESSION', {
  notBoolean: (type: string) => [`the condition gives ${type}, not true or false`],
  /**
   * Makes the message for a condition with a word of another language, such as `and`. The hint for the word helps more than the place where the
   * parser stops.
   */
  foreign: (word: string, hint: string) => [`unexpected ${shown(word)}`, hint],
  unreadable: (message: string) => [message, 'conditions are CEL, such as reply.text.contains("yes")'],
})
