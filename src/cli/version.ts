import { readFileSync } from 'node:fs'

/** Version of the installed package. Both src/cli and dist lie where `../package.json` or `../../package.json` is it. */
export const VERSION: string = readVersion()

function readVersion(): string {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      return String(JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')).version)
    } catch {
      // the other place
    }
  }
  return 'unknown'
}
