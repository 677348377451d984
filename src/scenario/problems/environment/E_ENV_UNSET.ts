import { nearest } from '../../../language/suggest.ts'
import { problemKind } from '../../read/source/finding.ts'

/** A reference without a default to a variable of the environment that is not set. */
export const E_ENV_UNSET = problemKind('E_ENV_UNSET', {
  unset: (name: string, known: readonly string[]) => {
    const near = nearest(name, known)
    const hint = near === undefined ? `set it, or give a default: \${env.${name}:-…}` : `did you mean ${near}?`
    return [`environment variable ${name} is not set`, hint]
  },
})
