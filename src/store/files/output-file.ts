/**
 * Files that the user asks for with --output and --report: tested before the run, so that an invalid path fails early, and written in one step at the
 * end.
 */
import { accessSync, closeSync, constants, openSync, statSync, unlinkSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { LocalError, UsageError } from '../../errors.ts'
import { type AtomicFs, type Text, writeAtomically } from './atomic.ts'
import { codeOf, localError } from './local-error.ts'

/** Writes the files that burn creates at the end of a run, such as reports. Only paths that were checked before the run can be written. */
export interface Outputs {
  /** Writes one of the checked files, either as a whole or not at all. @throws LocalError */
  write(path: string, text: Text): Promise<void>
}

/**
 * Checks before a run that each path can be written, without changing a file. Returns a writer for these files.
 * @throws UsageError when a path occurs twice, LocalError when one cannot be written
 */
export function openOutputs(paths: readonly string[], disk?: AtomicFs): Outputs {
  const known = new Set<string>()
  for (const path of paths) {
    const full = resolve(path)
    if (known.has(full)) throw new UsageError(`two outputs are to be written to ${path}`, 'give each its own file')
    known.add(full)
    checkWritable(path)
  }
  return {
    async write(path, text) {
      if (!known.has(resolve(path))) throw new LocalError(`${path} was not opened as an output`)
      await writeAtomically(path, text, disk)
    },
  }
}

/**
 * Checks that a path can be written, without changing a file. With `inPlace`, an existing file will be overwritten and not replaced by a new one, so
 * its folder may be read-only.
 * @throws LocalError when it cannot be written
 */
export function checkWritable(path: string, inPlace = false): void {
  const [folder, name] = [dirname(resolve(path)), basename(path)]
  try {
    const stats = isThere(path) ? statSync(path) : undefined
    if (stats?.isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' })
    if (stats) accessSync(path, constants.W_OK)
    if (stats === undefined || (stats.isFile() && !inPlace)) tryFolder(folder, name)
  } catch (error) {
    const hint = codeOf(error) === 'ENOENT' ? `the folder does not exist: mkdir -p ${dirname(path)}` : undefined
    throw localError(`cannot write ${path}`, error, hint)
  }
}

function isThere(path: string): boolean {
  try {
    statSync(path)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

/**
 * Creates and removes a test file in a folder, because permission bits do not show whether a privileged user, or anyone on a read-only disk, can
 * write.
 */
function tryFolder(folder: string, name: string): void {
  const probe = join(folder, `.${name}.${process.pid}.probe`)
  closeSync(openSync(probe, 'w'))
  unlinkSync(probe)
}
