/** Builds burn once before all tests, so that no test runs a stale `dist/`. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..', '..')
const DIST = join(ROOT, 'dist')

/** The global setup of vitest: builds burn into `dist/`. */
export default function setup(): void {
  const place = mkdtempSync(join(ROOT, 'node_modules', '.build-'))
  const tsup = join(ROOT, 'node_modules/tsup/dist/cli-default.js')
  execFileSync(process.execPath, [tsup, '--silent', '--out-dir', place], { cwd: ROOT, stdio: 'inherit' })
  replaceBuild(place)
  rmSync(place, { recursive: true, force: true })
}

/**
 * Moves the files of a build into `dist/`, each in one step: the commands of another test run in this checkout find a whole file of either build,
 * and both have the same names.
 */
function replaceBuild(from: string): void {
  mkdirSync(DIST, { recursive: true })
  const made = readdirSync(from)
  for (const name of made) renameSync(join(from, name), join(DIST, name))
  for (const name of readdirSync(DIST).filter((old) => !made.includes(old))) rmSync(join(DIST, name), { recursive: true })
}
