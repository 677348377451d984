import { problemKind } from '../../read/source/finding.ts'

/** The error of `burn validate` for a value that is still encrypted because a tool such as dotenvx has not decrypted the environment. */
export const E_ENCRYPTED = problemKind('E_ENCRYPTED', {
  found: () => [
    'this value is still in its encrypted form',
    'read its file with --vars-file and DOTENV_PRIVATE_KEY, or decrypt it in the calling shell: dotenvx run -- burn …',
  ],
})
