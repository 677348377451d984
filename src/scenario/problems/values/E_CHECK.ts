import { problemKind } from '../../read/source/finding.ts'

/**
 * The error of `burn validate` for a check in `expect` that cannot be used, for example because its JSON Schema is invalid or no reply can pass it.
 */
export const E_CHECK = problemKind('E_CHECK', {
  refused: (message: string, hint: string | undefined) => [message, hint],
})
