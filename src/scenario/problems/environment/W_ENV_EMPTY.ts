import { problemKind } from '../../read/source/finding.ts'

/** A variable of the environment that is set to an empty text. */
export const W_ENV_EMPTY = problemKind('W_ENV_EMPTY', {
  found: (name: string) => [`environment variable ${name} is empty`],
})
