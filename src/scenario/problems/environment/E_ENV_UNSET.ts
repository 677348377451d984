import { nearest } from '../../../language/suggest.ts'
import { problemKind } from '../../read/source/finding.ts'

/** The error of `burn validate` for a reference such as `${env.NAME}`, without a default, to an environment variable that is not set. */
export const E_ENV_UNSET = problemKind('E_ENV_UNSET', {
  unset: (name: string, known: readonly string[]) => {
    const near = nearest(name, known)
    const hint = near === undefined ? `set it, or give a default: \${env.${name}:-…}` : `did you mean ${near}?`
    return [`environment variable ${name} is not set`, hint]
  },
})
