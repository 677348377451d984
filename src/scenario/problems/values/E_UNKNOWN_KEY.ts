import { problemKind } from '../../read/source/finding.ts'
import { type Path, pathText } from '../../read/source/source.ts'

/** The error of `burn validate` for a key that the scenario format does not know at this place. */
export const E_UNKNOWN_KEY = problemKind('E_UNKNOWN_KEY', {
  unknown: (key: string, owner: Path, hint: string | undefined) => [
    `unknown key ${JSON.stringify(key)}${owner.length === 0 ? '' : ` in ${pathText(owner)}`}`,
    hint,
  ],
})
