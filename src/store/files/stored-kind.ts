/** Helpers to read `suite.json` and `search.json`. */
import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { InputError } from '../../errors.ts'
import { lockState } from './lock.ts'
import { RESULT_NAME } from './names.ts'

/** The kind of a stored file, `search.json` or `suite.json`, as error messages name it. */
type StoredKind = 'search' | 'suite'

/**
 * Throws InputError when a file was written in another format: the versions `version` (of the file) and `own` (of this program), such as `1.0`, have
 * different numbers before the point.
 */
export function requireVersion(kind: StoredKind, path: string, version: string, own: string): void {
  if (version.split('.')[0] === own.split('.')[0]) return
  throw new InputError(
    `${path} has ${kind} format ${version.slice(0, 20)}, this burn reads ${own}`,
    'use the version of burn that wrote it',
  )
}

/** Throws InputError when a file lacks a part or has one of the wrong type. `misfit` is the path of that part; undefined when all is well. */
export function requireWhole(kind: StoredKind, path: string, misfit: string | undefined): void {
  if (misfit === undefined) return
  throw new InputError(
    `${path} is not a whole ${kind}: ${misfit} is missing or of another kind`,
    'the file was changed after burn wrote it',
  )
}

/**
 * Returns the content of a file. If it was written before the end of its process, a reason is added that says so: the process still runs, or it was
 * killed.
 */
export function withEnd<Stored extends { readonly status: string }>(kind: StoredKind, stored: Stored, path: string): Stored {
  if (stored.status !== 'running') return stored
  const isLive = lockState(dirname(path))?.live === true
  const reason = isLive ? `the ${kind} goes on` : 'the process exited without an end: killed, or the machine stopped'
  return { ...stored, reason }
}

/** Returns the path of a run whose folder is named in the file at `path`; undefined when it does not exist, or the name leads out of that folder. */
export function runBeside(path: string, folder: string | null): string | undefined {
  if (folder === null || folder !== basename(folder) || folder.startsWith('.')) return undefined
  const whole = join(dirname(path), folder)
  return existsSync(join(whole, RESULT_NAME)) ? whole : undefined
}
