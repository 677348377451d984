import { problemKind } from '../../read/source/finding.ts'

/**
 * The warning of `burn validate` about an environment variable that was not looked up or a secret's file that was not read, because of the flag
 * `--no-env`.
 */
export const W_ENV_UNSET = problemKind('W_ENV_UNSET', {
  notLookedUp: (name: string) => [`environment variable ${name} was not looked up`],
  fileNotRead: (name: string) => [`the file of secret ${name} was not read`],
})
