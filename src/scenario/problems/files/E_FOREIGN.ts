import { problemKind } from '../../read/source/finding.ts'

/** The error of `burn validate` for another tool's file, or a part of it, that cannot be used. Its message comes from the converter. */
export const E_FOREIGN = problemKind('E_FOREIGN', {
  noted: (message: string, hint: string | undefined) => [message, hint],
})
