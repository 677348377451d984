/** Builds burn once before all tests, so that no test runs a stale `dist/`. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..', '..')
const DIST = join(ROOT, 'dist')
/** The files that processes start from. All others are named after their content, and are imported by name. */
const ENTRIES = ['main.js', 'mock-worker.js']
/** For so long a process that was started from an earlier build may still import a file of it, in ms. */
const IN_USE_MS = 3_600_000

/** The global setup of vitest: builds burn into `dist/`. */
export default function setup(): void {
  const place = mkdtempSync(join(ROOT, 'node_modules', '.build-'))
  const tsup = join(ROOT, 'node_modules/tsup/dist/cli-default.js')
  execFileSync(process.execPath, [tsup, '--silent', '--out-dir', place], { cwd: ROOT, stdio: 'inherit' })
  replaceBuild(place)
  rmSync(place, { recursive: true, force: true })
}

/**
 * Moves the files of a build into `dist/`, the entries last. The files of the build before stay for an hour, so that the commands of another
 * test run in this checkout find what they started from.
 */
function replaceBuild(from: string): void {
  mkdirSync(DIST, { recursive: true })
  rmSync(join(DIST, '.cache'), { recursive: true, force: true })
  const made = readdirSync(from)
  for (const name of [...made.filter((file) => !ENTRIES.includes(file)), ...ENTRIES])
    renameSync(join(from, name), join(DIST, name))
  const old = readdirSync(DIST).filter((name) => !made.includes(name))
  for (const name of old)
    if (Date.now() - statSync(join(DIST, name)).mtimeMs > IN_USE_MS) rmSync(join(DIST, name), { force: true })
}
