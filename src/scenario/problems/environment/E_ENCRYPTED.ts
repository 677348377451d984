import { problemKind } from '../../read/source/finding.ts'

/** The error for a value that is still encrypted because a tool such as dotenvx has not decrypted the environment. */
export const E_ENCRYPTED = problemKind('E_ENCRYPTED', {
  found: () => ['this value is still encrypted', 'decrypt the environment in the calling shell, such as dotenvx run -- burn …'],
})
