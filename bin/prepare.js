// The script `prepare`: builds dist/. Without the dev dependencies (`npm ci --omit=dev`) a dist/ that is there stays as it is.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const isThere = (path) => existsSync(new URL(`../${path}`, import.meta.url))
if (isThere('node_modules/tsup')) {
  process.exitCode = spawnSync('npm run --silent build', { stdio: 'inherit', shell: true }).status ?? 1
} else if (!isThere('dist/start.cjs')) {
  process.stderr.write('burn has no dist/, which only the dev dependencies can build: run `npm ci`\n')
  process.exitCode = 1
}
