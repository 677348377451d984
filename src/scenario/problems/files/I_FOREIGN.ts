import { problemKind } from '../../read/source/finding.ts'

/** A note on how another tool's file was understood. The words come from the converter. */
export const I_FOREIGN = problemKind('I_FOREIGN', {
  noted: (message: string, hint: string | undefined) => [message, hint],
})
