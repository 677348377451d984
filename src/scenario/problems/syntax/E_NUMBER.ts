import { problemKind } from '../../read/source/finding.ts'

/** A number that cannot be held as it is written. */
export const E_NUMBER = problemKind('E_NUMBER', {
  notFinite: (written: string) => [`${written.slice(0, 40)} is not a finite number`],
  tooLong: (written: string) => [
    `${written.slice(0, 40)} has more digits than a number can hold`,
    'put it in quotes to keep it as text',
  ],
})
