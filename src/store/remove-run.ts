/** Removes the folders of finished runs. A folder is removed only if it holds nothing but a run and is in the results folder. */
import { type Dirent, lstatSync, readdirSync, realpathSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { liesIn } from '../confined.ts'
import { InputError, LocalError, UsageError } from '../errors.ts'
import { localError } from './files/local-error.ts'
import { LOCK_NAME, lockState, takeLock } from './files/lock.ts'
import { JOURNAL_NAME } from './files/names.ts'
import { isOwnName } from './files/own-names.ts'
import { idOf } from './find-run.ts'
import { foldersIn, headIn } from './run-heads.ts'

/** Matches the files of a live comparison, a suite or a search, which are beside the folders of their runs. */
const OF_SEVERAL = /^(?:comparison\.(?:json|md|html)|suite\.json|search\.json|report\.(?:md|html)|junit\.xml)$/

/** The largest number of foreign files that an error message lists. */
const MAX_NAMED = 3

/** Thrown when a run's folder is to be removed but holds files or folders that burn did not write. */
export class ForeignFilesError extends InputError {}

/** A run whose folder may be removed, because the checks of `removableRun` passed. */
export interface RemovableRun {
  readonly runId: string
  /** The path of the run's folder as the caller wrote it. */
  readonly folder: string
  /** When the run ended, in ms since 1970; for a killed run, when its files were last written. */
  readonly endedAt: number
  readonly bytes: number
}

/**
 * Returns the run in `folder` after checking that the folder may be removed: it lies inside `base`, is no symbolic link, holds a run and only files
 * that burn writes, and no process writes to it. @throws UsageError for a folder outside of `base`, ForeignFilesError for other files in it,
 * LocalError for a run in progress, InputError for anything else
 */
export function removableRun(folder: string, base: string): RemovableRun {
  const real = realPath(folder)
  const place = join(realPath(dirname(resolve(folder))), basename(resolve(folder)))
  if (real !== place || !lstatSync(place).isDirectory())
    throw new InputError(`${folder} is a link, and links are not followed`, `name the folder that it leads to: ${real}`)
  if (!liesIn(realPath(base), real))
    throw new UsageError(`${folder} does not lie in ${base}`, `--folder names another folder of runs`)
  const runId = idOf(folder)
  if (runId === undefined) throw new InputError(`${folder} is not the folder of a run`, 'remove it by other means')
  const lock = lockState(folder)
  if (lock?.live) {
    const hint = `\`burn runs cancel ${folder}\` ends it`
    throw new LocalError(`${folder} is in use: process ${lock.pid} on ${lock.host} writes to it`, hint)
  }
  refuseForeign(folder, readdirSync(real, { withFileTypes: true }))
  return { runId, folder, endedAt: endOf(folder), bytes: sizeOf(real) }
}

/** Checks that a folder holds only files that burn writes. @throws ForeignFilesError when it holds a folder, or a file with another name */
function refuseForeign(folder: string, entries: readonly Dirent[]): void {
  const foreign = entries.flatMap((entry) =>
    entry.isDirectory() ? [`${entry.name}/`] : isOwnName(entry.name) ? [] : [entry.name],
  )
  if (foreign.length === 0) return
  const more = foreign.length > MAX_NAMED ? ` and ${foreign.length - MAX_NAMED} more` : ''
  throw new ForeignFilesError(
    `${folder} holds what burn did not write: ${foreign.sort().slice(0, MAX_NAMED).join(', ')}${more}`,
    'move it elsewhere, or remove the folder by other means',
  )
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch (error) {
    throw new InputError(`there is no ${path}`, '`burn runs` lists the runs', { cause: error })
  }
}

/**
 * Returns the folders that hold a run, directly in `base` or one level below; none when `base` does not exist.
 * @throws InputError when a folder cannot be read
 */
export function runFoldersIn(base: string): string[] {
  return foldersIn(base)
    .flatMap((folder) => [folder, ...foldersIn(folder)])
    .filter((folder) => idOf(folder) !== undefined)
}

function endOf(folder: string): number {
  const head = headIn(folder)
  if (head) return Math.round(head.startTime + head.durationMs)
  return (statSync(join(folder, JOURNAL_NAME), { throwIfNoEntry: false }) ?? statSync(folder)).mtime.getTime()
}

function sizeOf(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const sizes = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => lstatSync(join(parentPath, name)).size)
  return sizes.reduce((sum, size) => sum + size, 0)
}

/**
 * Removes the folder of a run. First repeats the checks of `removableRun` and locks the folder, so that no new run starts in it. When no run is left
 * of a comparison, a suite or a capacity search, its files and folder are removed too, unless the folder holds anything else.
 * @throws the errors of `removableRun`, and LocalError when a file cannot be removed
 */
export function removeRun({ runId, folder }: RemovableRun, base: string): void {
  removableRun(folder, base)
  const unlock = takeLock(resolve(folder), runId)
  try {
    const names = readdirSync(folder).filter(isOwnName)
    // The lock is removed last, so that no run begins in the folder before that.
    for (const name of [...names.filter((one) => one !== LOCK_NAME), LOCK_NAME]) rmSync(join(folder, name), { force: true })
    rmdirSync(folder)
  } catch (error) {
    throw localError(`cannot remove ${folder}`, error)
  } finally {
    unlock()
  }
  const parent = dirname(folder)
  if (liesIn(realPath(base), realPath(parent))) removeIfOver(parent)
}

/** Removes the folder of a comparison, or of several runs, when no run is left in it. */
function removeIfOver(folder: string): void {
  const names = readdirSync(folder)
  if (!names.every((name) => OF_SEVERAL.test(name))) return
  for (const name of names) rmSync(join(folder, name), { force: true })
  rmdirSync(folder)
}
