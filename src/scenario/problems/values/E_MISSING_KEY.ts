import { problemKind } from '../../read/source/finding.ts'

/** The error of `burn validate` for a required key that is missing. */
export const E_MISSING_KEY = problemKind('E_MISSING_KEY', {
  missing: (key: string, hint: string | undefined) => [`missing key ${JSON.stringify(key)}`, hint],
  noModel: (reason: string, example: string) => [`missing key "model": ${reason}`, `write model: ${example}`],
})
