import { problemKind } from '../../read/source/finding.ts'

/** A variable of the environment that `--no-env` keeps from being looked up. */
export const W_ENV_UNSET = problemKind('W_ENV_UNSET', {
  notLookedUp: (name: string) => [`environment variable ${name} was not looked up`],
})
