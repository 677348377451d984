import { problemKind } from '../../read/source/finding.ts'

/** A key that stands twice in one map; the first counts. */
export const E_DUPLICATE_KEY = problemKind('E_DUPLICATE_KEY', {
  twice: (key: string, firstLine: number) => [
    `the key ${JSON.stringify(key)} stands twice in this map`,
    `the first is in line ${firstLine}`,
  ],
})
