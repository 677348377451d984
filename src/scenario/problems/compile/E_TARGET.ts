import { nearest } from '../../../language/suggest.ts'
import { problemKind } from '../../read/source/finding.ts'

/**
 * The error of `burn validate` for a target whose settings cannot be used, and for a step, flow or judge that names a target which the scenario does
 * not have.
 */
export const E_TARGET = problemKind('E_TARGET', {
  refused: ({ message, hint }: { readonly message: string; readonly hint: string }) => [message, hint],
  unknown: (name: string, known: readonly string[]) => {
    const near = nearest(name, known)
    const hint = near === undefined ? `one of ${known.join(', ')}` : `did you mean ${JSON.stringify(near)}?`
    return [`there is no target ${JSON.stringify(name)}`, hint]
  },
})
