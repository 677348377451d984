import { problemKind } from '../../read/source/finding.ts'

/** The error of `burn validate` for a key that appears twice in the same map. */
export const E_DUPLICATE_KEY = problemKind('E_DUPLICATE_KEY', {
  twice: (key: string, firstLine: number) => [
    `the key ${JSON.stringify(key)} stands twice in this map`,
    `the first is in line ${firstLine}`,
  ],
})
