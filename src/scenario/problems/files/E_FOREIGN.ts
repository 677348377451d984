import { problemKind } from '../../read/source/finding.ts'

/** A part of another tool's file that cannot be converted, or a file that has to be converted first. The words come from the converter. */
export const E_FOREIGN = problemKind('E_FOREIGN', {
  noted: (message: string, hint: string | undefined) => [message, hint],
})
