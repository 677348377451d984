import { problemKind } from '../../read/source/finding.ts'

/** The warning of `burn validate` about a reference, without a default, to an environment variable that is set but empty. */
export const W_ENV_EMPTY = problemKind('W_ENV_EMPTY', {
  found: (name: string) => [`environment variable ${name} is empty`],
})
