import { problemKind } from '../../read/source/finding.ts'

/** A value that is still encrypted, as tools such as dotenvx leave it in the environment. */
export const E_ENCRYPTED = problemKind('E_ENCRYPTED', {
  found: () => ['this value is still encrypted', 'decrypt the environment in the calling shell, such as dotenvx run -- burn …'],
})
