/** Files that the package brings along. */
import { readFileSync } from 'node:fs'

/** The text of such a file; `path` starts at the folder of the package, such as `scenarios/data.yaml`. */
export function packagedText(path: string): string {
  // This file lies in src/, the program that is built of it in dist/: the package is one folder up from both.
  return readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
}
