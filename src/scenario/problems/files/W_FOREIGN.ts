import { problemKind } from '../../read/source/finding.ts'

/** A part of another tool's file that is different in the converted scenario. The words come from the converter. */
export const W_FOREIGN = problemKind('W_FOREIGN', {
  noted: (message: string, hint: string | undefined) => [message, hint],
})
