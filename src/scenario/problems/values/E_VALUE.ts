import type * as z from 'zod'
import { problemKind, shown } from '../../read/source/finding.ts'

const UNITS: Record<string, string> = { string: ' character', array: ' item', set: ' item', file: ' byte' }

/** The error of `burn validate` for a value that has the right type and still cannot be used, for example because it is too large or too long. */
export const E_VALUE = problemKind('E_VALUE', {
  outOfRange: (issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig, value: unknown) => {
    const small = issue.code === 'too_small'
    const bound = Number(small ? issue.minimum : issue.maximum)
    const unit = UNITS[issue.origin]
    const size = Array.isArray(value) || typeof value === 'string' ? value.length : shown(value)
    const words = unit
      ? `must have ${small ? 'at least' : 'at most'} ${bound}${unit}${bound === 1 ? '' : 's'}`
      : `must be ${issue.inclusive ? '' : small ? 'more than ' : 'less than '}${issue.inclusive ? (small ? 'at least ' : 'at most ') : ''}${bound}`
    return [`${words}, got ${unit ? size : shown(value)}`]
  },
  noHeaderName: (name: string) => [
    name === '' ? 'the name of the header is missing' : `${shown(name)} cannot be the name of a header`,
    'such as header:x-request-id',
  ],
  /** Makes the message for a value that a rule of the schema rejects, from the message of the rule. */
  refused: (message: string, hint: string | undefined) => [message, hint],
})
