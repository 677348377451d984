import { problemKind } from '../../read/source/finding.ts'

/**
 * The warning of `burn validate` about a part of another tool's file that the converted scenario does differently. Its message comes from the
 * converter.
 */
export const W_FOREIGN = problemKind('W_FOREIGN', {
  noted: (message: string, hint: string | undefined) => [message, hint],
})
