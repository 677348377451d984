import { problemKind } from '../../read/source/finding.ts'

const ELSEWHERE = 'another folder of secrets: --secrets-dir DIR, or BURN_SECRETS_DIR'

/**
 * The error of `burn validate` for a reference such as `${file.api_key}` to a secret whose file cannot be read or used, for example because it is
 * empty or too large.
 */
export const E_SECRET_FILE = problemKind('E_SECRET_FILE', {
  unreadable: (name: string, folder: string, reason: string) => [`secret ${name} in ${folder}: ${reason}`, ELSEWHERE],
  outside: (name: string, folder: string) => [`secret ${name} lies outside of ${folder}`, ELSEWHERE],
  noFile: (name: string, folder: string) => [`secret ${name} in ${folder} is no file`, ELSEWHERE],
  tooLarge: (name: string, mostBytes: number) => [`secret ${name} is larger than ${mostBytes} bytes`],
  empty: (name: string) => [`the file of secret ${name} is empty`],
  noText: (name: string) => [`secret ${name} is no text in UTF-8`, 'encode it, such as with base64'],
})
