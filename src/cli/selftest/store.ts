/** The file of the selftest: one per machine, in the cache of the user. */
import { hash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { arch, cpus, homedir, hostname, platform } from 'node:os'
import { dirname, join } from 'node:path'
import { localError } from '../../store/files/local-error.ts'
import { type Selftest, selftestSchema } from './report.ts'

/** Returns what this machine is: another one with the same name for it measures alike. */
export function machineName(): string {
  const all = cpus()
  return `${platform()} ${arch()}, ${all.length} × ${all[0]?.model.trim() ?? 'unknown processor'}`
}

/** Returns the place of the file: in `$XDG_CACHE_HOME/token-burn` or `~/.cache/token-burn`, with a name of this machine's own. */
export function selftestFile(): string {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  const own = hash('sha256', `${hostname()} ${machineName()}`, 'hex').slice(0, 8)
  return join(cache, 'token-burn', `selftest-${own}.json`)
}

/** Writes what was found, in one step; returns the place. @throws LocalError when that fails */
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

/** Returns what the last selftest on this machine has found; undefined without one, or when the file is not readable. */
export function storedSelftest(): Selftest | undefined {
  try {
    return selftestSchema.safeParse(JSON.parse(readFileSync(selftestFile(), 'utf8'))).data
  } catch {
    return undefined
  }
}
