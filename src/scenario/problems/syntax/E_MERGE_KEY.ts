import { problemKind } from '../../read/source/finding.ts'

/** The error of `burn validate` for the merge key `<<`, which YAML 1.2 no longer has. */
export const E_MERGE_KEY = problemKind('E_MERGE_KEY', {
  found: () => ['merge keys (<<) are not part of YAML 1.2', 'repeat the keys, or use a whole value again with *alias'],
})
