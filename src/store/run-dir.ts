/** The folder of one run: created, locked and tested before the first request is sent. */
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, rmSync, unlinkSync, writeSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { LocalError } from '../errors.ts'
import { makeFolders } from './files/folders.ts'
import { codeOf, localError } from './files/local-error.ts'
import { takeLock } from './files/lock.ts'
import { ANOMALIES_NAME, DELIVERIES_NAME, JOURNAL_NAME, RESULT_NAME, resultsFolder } from './files/names.ts'

const SLUG_CHARACTERS = 60
const PROBE_BYTES = 4096
/** How many runs of the same name may start within one second; each gets a number behind its name. */
const MAX_CLASHES = 1000

interface RunDirOptions {
  readonly runId: string
  /** Name of the scenario; untrusted. */
  readonly name: string
  /** When the run started, in ms since 1970. */
  readonly startedAt: number
  /** The folder that holds the folders of all runs; `burn-results` by default. */
  readonly base?: string
  /** The folder to use for this run, in place of a new one in `base`. */
  readonly out?: string
  /** True to remove a result that is already in the folder. */
  readonly overwrite?: boolean
}

/** The folder of a run that this process has locked, with the paths of its files. */
export interface RunDir {
  /** Path of the run's folder; relative to the working folder when `base` or `out` is. */
  readonly path: string
  readonly resultPath: string
  readonly journalPath: string
  /** Returns the path of the file `name` in the run's folder. */
  file(name: string): string
  /** Releases the lock of the folder; the files stay. */
  release(): void
}

/**
 * Creates the folder of a run, locks it, and checks that files can be written in it. With `overwrite`, it removes a result and a journal that are
 * already there.
 * @throws LocalError when that fails, when another live run has locked the folder, or when it already holds a result or journal and `overwrite` is
 * not set
 */
export function createRunDir(options: RunDirOptions): RunDir {
  const { out, base = resultsFolder() } = options
  const path = out ?? newRunFolder(options, base)
  if (out !== undefined) guarded(`cannot create ${out}`, () => makeFolders(out))
  const unlock = guarded(`cannot lock ${path}`, () => takeLock(resolve(path), options.runId))
  try {
    guarded(`cannot write to ${path}`, () => probe(path))
    guarded(`cannot use ${path}`, () => clearOrRefuse(path, options.overwrite === true))
  } catch (error) {
    unlock()
    throw error
  }
  const file = (name: string) => join(path, name)
  return { path, resultPath: file(RESULT_NAME), journalPath: file(JOURNAL_NAME), file, release: unlock }
}

function guarded<T>(what: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw localError(what, error)
  }
}

/** Creates a new folder in `base` for a run or comparison that began at `startedAt` (ms since 1970), and returns its path. @throws LocalError */
export function newRunFolder(named: Pick<RunDirOptions, 'name' | 'startedAt'>, base: string = resultsFolder()): string {
  return guarded(`cannot create a folder in ${base}`, () => createFresh(base, named))
}

/** Creates a folder named `<slug>-<YYYYMMDD-HHMMSS>`; if that exists, with `-2`, `-3` … at the end. */
function createFresh(base: string, { name, startedAt }: Pick<RunDirOptions, 'name' | 'startedAt'>): string {
  makeFolders(base)
  const stem = `${slugOf(name)}-${stampOf(startedAt)}`
  for (let n = 1; n <= MAX_CLASHES; n++) {
    const path = join(base, n === 1 ? stem : `${stem}-${n}`)
    try {
      mkdirSync(path)
      return path
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
    }
  }
  throw new LocalError(`${base} already has ${MAX_CLASHES} folders named ${stem}`, 'choose a folder with --out')
}

/**
 * Returns the name of the folder for one run of side A or B of a live comparison, such as `a-main-2`. `run` counts from 1; undefined when the
 * side has a single run.
 */
export function sideFolder(arm: 'a' | 'b', name: string, run: number | undefined): string {
  return `${arm}-${slugOf(name)}${run === undefined ? '' : `-${run}`}`
}

/**
 * Returns a valid folder name made from any text: it has only the letters a to z, digits, `-` and `_`, at most 60 of them. For a text without any of
 * these, it is `run`.
 */
export function slugOf(name: string): string {
  const ascii = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{Mn}+/gu, '')
  const slug = ascii
    .replace(/[^a-z0-9_]+/g, '-')
    .slice(0, SLUG_CHARACTERS)
    .replace(/^-+|-+$/g, '')
  return slug === '' ? 'run' : slug
}

/** Formats a time as `YYYYMMDD-HHMMSS` in UTC, so that names sort by time whatever the local time zone. */
function stampOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')
}

/**
 * Writes and removes a small file, so that a full disk is noticed before the run instead of at its end. A local disk reports that when the file is
 * written, a network disk when it is closed; a flush would only add a wait.
 */
function probe(folder: string): void {
  const path = join(folder, `.probe.${process.pid}`)
  const file = openSync(path, 'w')
  try {
    if (writeSync(file, Buffer.alloc(PROBE_BYTES)) < PROBE_BYTES)
      throw Object.assign(new Error('only a part was written'), { code: 'ENOSPC' })
  } finally {
    try {
      closeSync(file)
    } finally {
      unlinkSync(path)
    }
  }
}

function clearOrRefuse(folder: string, overwrite: boolean): void {
  const left = [RESULT_NAME, JOURNAL_NAME].filter((name) => existsSync(join(folder, name)))
  if (left.length > 0 && !overwrite) {
    throw new LocalError(
      `${folder} already holds ${left.join(' and ')} of another run`,
      'choose another folder with --out, or add --overwrite',
    )
  }
  for (const name of [...left, ANOMALIES_NAME, DELIVERIES_NAME]) rmSync(join(folder, name), { force: true })
  for (const name of readdirSync(folder)) if (LEFTOVER.test(name)) unlinkSync(join(folder, name))
}

/** Matches the temporary files that a run leaves when it is killed while it writes. */
const LEFTOVER = /^\.(?:result\.json\.\d+\.\d+\.tmp|probe\.\d+)$/
