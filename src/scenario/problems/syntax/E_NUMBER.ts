import { problemKind } from '../../read/source/finding.ts'

/**
 * The error of `burn validate` for a number that is not finite, and for a whole number that a JavaScript number may not hold exactly (beyond 2^53 −
 * 1).
 */
export const E_NUMBER = problemKind('E_NUMBER', {
  notFinite: (written: string) => [`${written.slice(0, 40)} is not a finite number`],
  tooLong: (written: string) => [
    `${written.slice(0, 40)} has more digits than a number can hold`,
    'put it in quotes to keep it as text',
  ],
})
