import { nearest } from '../../../language/suggest.ts'
import { problemKind, shown } from '../../read/source/finding.ts'

/** The error of `burn validate` for a value that is not one of the values that its key allows. */
export const E_ENUM = problemKind('E_ENUM', {
  notOneOf: (values: readonly string[], value: unknown) => {
    const near = typeof value === 'string' ? nearest(value, values) : undefined
    const expected = values.length === 1 ? JSON.stringify(values[0]) : `one of ${values.join(', ')}`
    return [`expected ${expected}, got ${shown(value)}`, near === undefined ? undefined : `did you mean ${near}?`]
  },
  unknownUsage: (name: string, known: readonly string[]) => [
    `there is no usage:${name}`,
    `one of ${known.map((one) => `usage:${one}`).join(', ')}`,
  ],
})
