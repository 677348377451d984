import { problemKind } from '../../read/source/finding.ts'

/** The error of `burn validate` for a file with more than one YAML document. */
export const E_DOCUMENTS = problemKind('E_DOCUMENTS', {
  second: () => ['a second document begins here; a scenario is one document'],
})
