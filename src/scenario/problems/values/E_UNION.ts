import { problemKind } from '../../read/source/finding.ts'

/** The error of `burn validate` for a map that may have one of several forms, but has the keys of none of them. */
export const E_UNION = problemKind('E_UNION', {
  noKeyOf: (keys: readonly string[], hint: string) => [
    `expected ${keys.length === 1 ? 'the key' : 'one of the keys'} ${keys.join(', ')}`,
    hint,
  ],
  noForm: () => ['fits none of the forms that are possible here'],
})
