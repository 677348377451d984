import { readFileSync } from 'node:fs'

/** Version of the installed package. It lies above dist/ and above this file's folder. */
export const VERSION: string = readVersion()

function readVersion(): string {
  for (const path of ['../package.json', '../../../package.json']) {
    try {
      return String(JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')).version)
    } catch {
      // the other place
    }
  }
  return 'unknown'
}
