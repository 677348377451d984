/** Errors of the local disk, worded so that a user knows what to do. */
import { LocalError } from '../../errors.ts'

const HINTS: Record<string, string> = {
  EROFS: 'the file system is read-only: choose another folder with --out or -o',
  EACCES: 'no permission: change the rights of the folder, or choose another one with --out or -o',
  EPERM: 'not permitted: choose another folder with --out or -o',
  ENOSPC: 'the disk is full: free some space, or choose another folder with --out or -o',
  EDQUOT: 'the quota is used up: free some space, or choose another folder with --out or -o',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EISDIR: 'give the path of a file, such as one in that folder',
  ENOENT: 'the folder does not exist: create it first',
  EMFILE: 'too many open files: raise the limit (ulimit -n), or use fewer users',
  ENAMETOOLONG: 'the path is too long: choose a shorter one',
}

/** Returns the system's code of an error, such as ENOSPC; '' when the error has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** True when an error, or the cause of a LocalError, says that the disk is full or the user's quota of it is used up. */
export function isDiskFull(error: unknown): boolean {
  const cause = error instanceof LocalError ? (error.cause ?? error) : error
  return ['ENOSPC', 'EDQUOT'].includes(codeOf(cause))
}

/**
 * Returns a LocalError with the message `what: error` and the error as its cause. `what` says which action failed. The hint is `hint` or, without it,
 * the one for the system's error code, if there is one. An error that is a LocalError already is returned unchanged.
 */
export function localError(what: string, error: unknown, hint = HINTS[codeOf(error)]): LocalError {
  if (error instanceof LocalError) return error
  const words = error instanceof Error ? error.message : String(error)
  // Node adds its call and the file that it was made for, which may be a temporary one of burn's: `what` names the file that is meant.
  const plain = codeOf(error) === '' ? words : words.replace(/, [a-z]+(?: '.*')?$/i, '')
  return new LocalError(`${what}: ${plain}`, hint, { cause: error })
}
