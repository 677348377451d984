/** Decides whether the process that a lock names is still the one that took the lock, not a later process with the same pid. */
import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { LOCK_NAME, type LockState, processStart } from './lock.ts'

/** The resolution of process start times printed by `ps`, in ms. */
const PS_RESOLUTION_MS = 1000

/**
 * True when the process that took a lock certainly still runs on this machine. Since a later process may have the same pid, its start time is
 * compared with the one in the lock or, without /proc, with the age of the lock file. False when the start time is unknown.
 */
export function isHolder(folder: string, { host, pid, processStart: written, live }: LockState): boolean {
  if (!live || host !== hostname()) return false
  const start = processStart(pid)
  if (start !== null && written !== null) return start === written
  const began = beganAt(pid)
  const locked = statSync(join(folder, LOCK_NAME), { throwIfNoEntry: false })?.mtimeMs
  return began !== undefined && locked !== undefined && began <= locked + PS_RESOLUTION_MS
}

/** Returns when a process began, in ms since 1970, according to `ps`; undefined when `ps` does not say. */
function beganAt(pid: number): number | undefined {
  try {
    const env = { ...process.env, LC_ALL: 'C' }
    const text = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { env, encoding: 'utf8', stdio: 'pipe' })
    const at = Date.parse(text.trim())
    return Number.isNaN(at) ? undefined : at
  } catch {
    return undefined
  }
}
