import { problemKind } from '../../read/source/finding.ts'

/**
 * The error of `burn validate` for a sample reply (`--sample`) that cannot be read, or in which the scenario does not find what it reads from
 * replies.
 */
export const E_SAMPLE = problemKind('E_SAMPLE', {
  nothingAt: (written: string, file: string, hint: string | undefined) => [`${written} finds nothing in ${file}`, hint],
  unusable: (written: string, file: string, reason: string, hint: string | undefined) => [
    `${written} in ${file}: ${reason}`,
    hint,
  ],
  unreadable: (dialect: string | null, file: string, reason: string, hint: string | undefined) => [
    `${dialect} cannot read ${file}: ${reason}`,
    hint,
  ],
  noText: (file: string, hint: string | undefined) => [`no text was found in ${file}`, hint],
})
