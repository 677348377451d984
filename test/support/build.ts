/** Builds the command once before any test, so that no test can meet a stale `dist/`; it takes its place when it is whole. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

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
