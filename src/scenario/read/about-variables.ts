import { E_ENCRYPTED } from '../problems/environment/E_ENCRYPTED.ts'
import { E_ENV_UNSET } from '../problems/environment/E_ENV_UNSET.ts'
import { E_SECRET_FILE } from '../problems/environment/E_SECRET_FILE.ts'
import { W_ENV_EMPTY } from '../problems/environment/W_ENV_EMPTY.ts'
import { W_ENV_UNSET } from '../problems/environment/W_ENV_UNSET.ts'

/**
 * The codes of problems about the values of environment variables and of secrets in files, such as a variable that is unset. Such a problem is
 * ignored in a part of the scenario that the run does not use.
 */
export const ABOUT_VARIABLES: ReadonlySet<string> = new Set(
  [E_ENV_UNSET, W_ENV_UNSET, W_ENV_EMPTY, E_ENCRYPTED, E_SECRET_FILE].map(({ code }) => code),
)
