/** Stores the outcome of the last selftest: one file for each machine, in the user's cache folder. */
import { hash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { arch, cpus, homedir, hostname, platform } from 'node:os'
import { dirname, join } from 'node:path'
import { localError } from '../../store/files/local-error.ts'
import { type Selftest, selftestSchema } from './report.ts'

/** Describes this machine: system, number and model of CPUs. A stored selftest belongs to one host name and one such description. */
export function machineName(): string {
  const all = cpus()
  return `${platform()} ${arch()}, ${all.length} × ${all[0]?.model.trim() ?? 'unknown processor'}`
}

/** Returns the path of the file with the last selftest of this machine, in `$XDG_CACHE_HOME/token-burn` or `~/.cache/token-burn`. */
export function selftestFile(): string {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  const own = hash('sha256', `${hostname()} ${machineName()}`, 'hex').slice(0, 8)
  return join(cache, 'token-burn', `selftest-${own}.json`)
}

/**
 * Writes the outcome of a selftest to the file for this machine, as a whole or not at all. Returns the path of the file. @throws LocalError when that
 * fails
 */
export function storeSelftest(found: Selftest): string {
  const file = selftestFile()
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(`${file}.${process.pid}`, `${JSON.stringify(found, null, 2)}\n`, { mode: 0o600 })
    renameSync(`${file}.${process.pid}`, file)
  } catch (error) {
    throw localError(`cannot write ${file}`, error)
  }
  return file
}

/** Returns the stored outcome of the last selftest on this machine; undefined without one, or when the file cannot be read. */
export function storedSelftest(): Selftest | undefined {
  try {
    return selftestSchema.safeParse(JSON.parse(readFileSync(selftestFile(), 'utf8'))).data
  } catch {
    return undefined
  }
}
