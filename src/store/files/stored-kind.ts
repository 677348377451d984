/** Helpers to read `suite.json` and `search.json`. */
import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { InputError } from '../../errors.ts'
import { lockState } from './lock.ts'
import { RESULT_NAME } from './names.ts'

/** The kind of a stored file, `search.json` or `suite.json`, as error messages name it. */
type StoredKind = 'search' | 'suite'

/**
 * Checks that this version of burn can read a stored file. `version` is the format version of the file, such as `1.0`, and `own` the one that burn
 * reads; their numbers before the point must be equal.
 * @throws InputError when they are not
 */
export function requireVersion(kind: StoredKind, path: string, version: string, own: string): void {
  if (version.split('.')[0] === own.split('.')[0]) return
  throw new InputError(
    `${path} has ${kind} format ${version.slice(0, 20)}, this burn reads ${own}`,
    'use the version of burn that wrote it',
  )
}

/**
 * Throws an error for a stored file that is not whole. `misfit` is the path of the first part of its content that is missing or has the wrong type;
 * undefined when there is none, and then nothing is thrown.
 * @throws InputError
 */
export function requireWhole(kind: StoredKind, path: string, misfit: string | undefined): void {
  if (misfit === undefined) return
  throw new InputError(
    `${path} is not a whole ${kind}: ${misfit} is missing or of another kind`,
    'the file was changed after burn wrote it',
  )
}

/**
 * Returns a stored suite or capacity search; if its status is still `running`, with a reason that says whether its process goes on or was killed. The
 * lock beside its file, `path`, shows which. One with another status is returned unchanged.
 */
export function withEnd<Stored extends { readonly status: string }>(kind: StoredKind, stored: Stored, path: string): Stored {
  if (stored.status !== 'running') return stored
  const isLive = lockState(dirname(path))?.live === true
  const reason = isLive ? `the ${kind} goes on` : 'the process exited without an end: killed, or the machine stopped'
  return { ...stored, reason }
}

/**
 * Returns the path of the folder of one run of a stored suite or capacity search. `path` is the file of the suite or search, and `folder` is the name
 * of the run's folder, beside that file. Undefined when `folder` is null, when it holds no result, or when its name would lead to another place.
 */
export function runBeside(path: string, folder: string | null): string | undefined {
  if (folder === null || folder !== basename(folder) || folder.startsWith('.')) return undefined
  const whole = join(dirname(path), folder)
  return existsSync(join(whole, RESULT_NAME)) ? whole : undefined
}
