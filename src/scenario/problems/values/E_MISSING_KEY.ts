import { problemKind } from '../../read/source/finding.ts'

/** A key that its map cannot do without. */
export const E_MISSING_KEY = problemKind('E_MISSING_KEY', {
  missing: (key: string, hint: string | undefined) => [`missing key ${JSON.stringify(key)}`, hint],
  noModel: (reason: string, example: string) => [`missing key "model": ${reason}`, `write model: ${example}`],
})
