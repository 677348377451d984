import { problemKind } from '../../read/source/finding.ts'

/** The warning about a part of another tool's file that differs in the converted scenario. The converter words it. */
export const W_FOREIGN = problemKind('W_FOREIGN', {
  noted: (message: string, hint: string | undefined) => [message, hint],
})
