import { problemKind } from '../../read/source/finding.ts'

/**
 * The error of `burn validate` for a profile or environment that was chosen by a flag, a configuration file or a suite, and that the scenario does
 * not have.
 */
export const E_OVERLAY = problemKind('E_OVERLAY', {
  missing: ({ message, hint }: { readonly message: string; readonly hint?: string | undefined }) => [message, hint],
})
