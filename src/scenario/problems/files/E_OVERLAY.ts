import { problemKind } from '../../read/source/finding.ts'

/** A chosen profile or environment that the file does not have; the words are those of the wrong flag. */
export const E_OVERLAY = problemKind('E_OVERLAY', {
  missing: ({ message, hint }: { readonly message: string; readonly hint?: string | undefined }) => [message, hint],
})
