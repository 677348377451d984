/** Makes sure that only one process at a time writes to the folder of a run: a lock file with the run's id and the process. */
import { closeSync, linkSync, openSync, readFileSync, renameSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { wallNow } from '../../clock.ts'
import { LocalError } from '../../errors.ts'
import { codeOf } from './local-error.ts'

/** The name of the lock file in the folder of a run. The file says which process writes to the folder. */
export const LOCK_NAME = 'lock'
/** Age in ms above which a takeover of a lock counts as interrupted; a complete one takes milliseconds. */
const TAKEOVER_LIMIT_MS = 10_000

interface LockHolder {
  readonly runId: string
  readonly pid: number
  readonly host: string
  /** When the process began, in clock ticks since boot; null where unknown. A later process with the same pid has another start. */
  readonly processStart: string | null
}

/** The process that took the lock of a run's folder, as the lock file describes it, and whether that process counts as alive. */
export interface LockState extends LockHolder {
  /** False when the process that took the lock has ended without releasing it. */
  readonly live: boolean
}

/**
 * Returns which process has locked a run's folder, and whether that process is still alive; one on another machine cannot be checked and counts as
 * alive. Undefined when there is no lock file, or one that was not written completely.
 * @throws the system's error when the lock file cannot be read
 */
export function lockState(folder: string): LockState | undefined {
  const path = join(resolve(folder), LOCK_NAME)
  const holder = readHolder(path)
  return holder && { ...holder, live: isLive(holder, path) }
}

/**
 * The locks that this process holds. A lock file with the pid of this process does not prove it, because each container may have a process with that
 * pid.
 */
const held = new Set<string>()

/**
 * Locks the folder of a run, so that no other process writes to it; returns a function that releases the lock. `folder` is an absolute path. A lock
 * of a process that no longer lives is replaced; a process on another machine counts as alive.
 * @throws LocalError when a live process, even this one, holds the lock or is just taking it over; other errors of the system as they are
 */
export function takeLock(folder: string, runId: string): () => void {
  const path = join(folder, LOCK_NAME)
  const mine: LockHolder = { runId, pid: process.pid, host: hostname(), processStart: processStart(process.pid) }
  if (!tryCreate(path, JSON.stringify(mine))) takeOver(path, folder, mine)
  held.add(path)
  return () => release(path, mine)
}

/** Creates a file with its text in one step, so that no other process sees it empty. Returns false when the file exists. */
function tryCreate(path: string, text: string): boolean {
  const temporary = `${path}.${process.pid}`
  try {
    writeFileSync(temporary, text)
    linkOrCreate(temporary, path, text)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  } finally {
    rmSync(temporary, { force: true })
  }
}

/** Makes `path` a hard link to the temporary file or, on file systems without hard links, writes the file directly. */
function linkOrCreate(temporary: string, path: string, text: string): void {
  try {
    linkSync(temporary, path)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw error
    writeFileSync(path, text, { flag: 'wx' })
  }
}

/** Replaces the lock of a process that has ended. A second lock file makes sure that of two runs that try this, only one succeeds. */
function takeOver(path: string, folder: string, mine: LockHolder): void {
  refuseIfLive(path, folder)
  const guard = `${path}.takeover`
  removeIfOld(guard)
  let guardFile: number
  try {
    guardFile = openSync(guard, 'wx')
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    throw new LocalError(`${folder} is just being taken over by another run`, 'choose another folder with --out')
  }
  try {
    refuseIfLive(path, folder)
    const temporary = `${path}.${process.pid}`
    try {
      writeFileSync(temporary, JSON.stringify(mine))
      renameSync(temporary, path)
    } finally {
      rmSync(temporary, { force: true })
    }
  } finally {
    closeSync(guardFile)
    unlinkSync(guard)
  }
}

function refuseIfLive(path: string, folder: string): void {
  const holder = readHolder(path)
  if (holder === undefined || !isLive(holder, path)) return
  const where = holder.host === hostname() ? '' : ` on ${holder.host}`
  throw new LocalError(
    `${folder} is in use by run ${holder.runId} (process ${holder.pid}${where})`,
    `choose another folder with --out, or remove ${path} if that run is over`,
  )
}

/** Reads a lock file; undefined when it does not exist, or is empty or incomplete because the process writing it died. */
function readHolder(path: string): LockHolder | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return isHolder(value) ? value : undefined
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return undefined
    throw error
  }
}

function isHolder(value: unknown): value is LockHolder {
  if (typeof value !== 'object' || value === null) return false
  return 'runId' in value && 'host' in value && 'pid' in value && Number.isSafeInteger(value.pid) && Number(value.pid) > 0
}

/** True when the process that holds the lock is alive. A process on another machine cannot be checked, so it counts as alive. */
function isLive(holder: LockHolder, path: string): boolean {
  if (holder.host !== hostname()) return true
  if (holder.pid === process.pid) return held.has(path)
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    return codeOf(error) !== 'ESRCH'
  }
  const start = processStart(holder.pid)
  return start === null || holder.processStart === null || start === holder.processStart
}

/**
 * Returns the time at which a process began, in clock ticks since boot; null when it is not known. It comes from Linux's /proc/pid/stat (field 22),
 * and tells the process from a later one with the same pid.
 */
export function processStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}

function removeIfOld(path: string): void {
  try {
    if (wallNow() - statSync(path).mtimeMs > TAKEOVER_LIMIT_MS) unlinkSync(path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

/** Removes the lock file if this process still holds the lock. */
function release(path: string, mine: LockHolder): void {
  if (!held.delete(path)) return
  try {
    if (readHolder(path)?.runId === mine.runId) unlinkSync(path)
  } catch {
    // A lock that cannot be removed is dead with this process and will be taken over.
  }
}
