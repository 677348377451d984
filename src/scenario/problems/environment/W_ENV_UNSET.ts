import { problemKind } from '../../read/source/finding.ts'

/** The warning about an environment variable that was not looked up because of the flag `--no-env`. */
export const W_ENV_UNSET = problemKind('W_ENV_UNSET', {
  notLookedUp: (name: string) => [`environment variable ${name} was not looked up`],
})
