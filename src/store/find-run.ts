import { closeSync, type Dirent, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { InputError } from '../errors.ts'
import { codeOf } from './files/local-error.ts'
import { lockState } from './files/lock.ts'
import { BASELINES_NAME, JOURNAL_NAME, RESULT_NAME, resultsFolder } from './files/names.ts'

const STAMP = /-(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)(?:-\d+)?$/
/** The smallest number of characters by which a run's id can be abbreviated; fewer would match other runs by chance. */
const MIN_ID_CHARACTERS = 4
/** How many bytes at the beginning of a file are read to find the run's id in it. */
const HEAD_BYTES = 4096

/**
 * Returns the folder of the stored run that the user means by `named`: a path to any folder, or to a journal or result in one; the name of its folder
 * in `base`; its id or the first characters of it (4 or more); or the scenario's name, as it begins the name of the folder (the newest run).
 * Undefined means the newest run of all.
 * @throws InputError when no run matches, when several ids do, when `named` is another file, or when `base` cannot be read
 */
export function findRun(named: string | undefined, base: string = resultsFolder()): string {
  const kind = named === undefined ? undefined : statSync(named, { throwIfNoEntry: false })
  if (named !== undefined && kind?.isDirectory()) return named
  if (named !== undefined && kind) return folderOfFile(named)
  const runs = newestFirst(base)
  const found = named === undefined ? runs[0] : (byName(runs, named) ?? byId(base, runs, named))
  if (found !== undefined) return join(base, found)
  throw new InputError(
    named === undefined ? `there is no run in ${base}` : `there is no run ${named}, neither as a folder nor in ${base}`,
    runs[0] === undefined ? 'name the folder of a run' : `the newest there is ${runs[0]}`,
  )
}

function folderOfFile(path: string): string {
  if (basename(path) === JOURNAL_NAME || basename(path) === RESULT_NAME) return dirname(path)
  throw new InputError(`${path} is not the folder of a run`, `name the folder, or the ${JOURNAL_NAME} in it`)
}

function newestFirst(base: string): string[] {
  return foldersIn(base)
    .map((name) => ({ name, at: startOf(base, name) }))
    .sort((a, b) => b.at - a.at || bornAt(base, b.name) - bornAt(base, a.name))
    .map(({ name }) => name)
}

function foldersIn(base: string): string[] {
  let entries: Dirent[]
  try {
    entries = readdirSync(base, { withFileTypes: true })
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw new InputError(`cannot read ${base}: ${error instanceof Error ? error.message : String(error)}`, undefined, {
      cause: error,
    })
  }
  return entries.filter((entry) => entry.isDirectory() && entry.name !== BASELINES_NAME).map(({ name }) => name)
}

/** Returns when a run started, in ms since 1970: the time in the folder's name, or when the folder was created if its name has none. */
function startOf(base: string, name: string): number {
  const [, year, month, day, hour, minute, second] = (STAMP.exec(name) ?? []).map(Number)
  if (year === undefined || second === undefined) return Math.floor(bornAt(base, name) / 1000) * 1000
  return Date.UTC(year, (month ?? 1) - 1, day, hour, minute, second)
}

function bornAt(base: string, name: string): number {
  return statSync(join(base, name), { throwIfNoEntry: false })?.birthtimeMs ?? 0
}

function byName(runs: readonly string[], named: string): string | undefined {
  return runs.find((name) => name === named) ?? runs.find((name) => name.replace(STAMP, '') === named)
}

function byId(base: string, runs: readonly string[], named: string): string | undefined {
  if (named.length < MIN_ID_CHARACTERS) return undefined
  const found = runs.filter((name) => idOf(join(base, name))?.startsWith(named))
  if (found.length > 1) throw new InputError(`${named} is the beginning of several ids`, found.slice(0, 5).join(', '))
  return found[0]
}

/** Returns the id of the run whose files are in a folder, from the run's journal, result or lock file; undefined for a folder without a run. */
export function idOf(folder: string): string | undefined {
  return headId(join(folder, JOURNAL_NAME)) ?? headId(join(folder, RESULT_NAME)) ?? lockId(folder)
}

function headId(path: string): string | undefined {
  try {
    const file = openSync(path, 'r')
    try {
      const bytes = Buffer.alloc(HEAD_BYTES)
      const head = bytes.toString('utf8', 0, readSync(file, bytes, 0, HEAD_BYTES, 0))
      return /"runId": ?"([^"\\]+)"/.exec(head)?.[1]
    } finally {
      closeSync(file)
    }
  } catch {
    return undefined
  }
}

function lockId(folder: string): string | undefined {
  try {
    return lockState(folder)?.runId
  } catch {
    return undefined
  }
}
