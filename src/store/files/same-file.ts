import { realpathSync, type Stats, statSync } from 'node:fs'
import { resolve } from 'node:path'

/**
 * True when two paths lead to the same file, also through hard or symbolic links. If one of the files does not exist, compares the absolute paths.
 */
export function isSameFile(a: string, b: string): boolean {
  const [one, other] = [fileAt(a), fileAt(b)]
  if (one && other) return one.ino === other.ino && one.dev === other.dev
  return realPlace(a) === realPlace(b)
}

/** Returns the file at a path; undefined when it does not exist or is not accessible. Reading or writing it later reports why. */
function fileAt(path: string): Stats | undefined {
  try {
    return statSync(path)
  } catch {
    return undefined
  }
}

/** Returns where a path leads through symbolic links; the path itself when that cannot be found out. */
function realPlace(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return resolve(path)
  }
}
