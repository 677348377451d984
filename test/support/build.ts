/** Builds burn once before all tests, so that no test runs a stale `dist/`; the new build replaces the old one only when complete. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** The global setup of vitest: builds burn into `dist/`. */
export default function setup(): void {
  const root = join(import.meta.dirname, '..', '..')
  const place = mkdtempSync(join(root, 'node_modules', '.build-'))
  const tsup = join(root, 'node_modules/tsup/dist/cli-default.js')
  execFileSync(process.execPath, [tsup, '--silent', '--out-dir', join(place, 'new')], { cwd: root, stdio: 'inherit' })
  const dist = join(root, 'dist')
  if (existsSync(dist)) renameSync(dist, join(place, 'old'))
  renameSync(join(place, 'new'), dist)
  rmSync(place, { recursive: true, force: true })
}
