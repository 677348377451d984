/** Files that the package brings along. */
import { readFileSync } from 'node:fs'

/** Address of such a file; `path` starts at the folder of the package, such as `protos/chat.proto`. */
export function packagedFile(path: string): URL {
  // This file is in src/, the program that is built from it in dist/: the package is one folder up from both.
  return new URL(`../${path}`, import.meta.url)
}

/** The text of such a file. */
export const packagedText = (path: string): string => readFileSync(packagedFile(path), 'utf8')
