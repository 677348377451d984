import { problemKind } from '../../read/source/finding.ts'

/** The note of `burn validate` about how another tool's file was understood. Its message comes from the converter. */
export const I_FOREIGN = problemKind('I_FOREIGN', {
  noted: (message: string, hint: string | undefined) => [message, hint],
})
