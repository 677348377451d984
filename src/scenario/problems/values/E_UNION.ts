import { problemKind } from '../../read/source/finding.ts'

/** A map that has none of the forms that are possible at its place. */
export const E_UNION = problemKind('E_UNION', {
  noKeyOf: (keys: readonly string[], hint: string) => [`expected one of the keys ${keys.join(', ')}`, hint],
  noForm: () => ['fits none of the forms that are possible here'],
})
