/** Reads files that are part of burn's npm package. */
import { readFileSync } from 'node:fs'

/** Returns the URL of a file that comes with burn's npm package, such as `protos/chat.proto`. */
export function packagedFile(path: string): URL {
  // This file is in src/, the program that is built from it in dist/: the package is one folder up from both.
  return new URL(`../${path}`, import.meta.url)
}

/** Returns the text of a file that comes with burn's npm package, such as `protos/chat.proto`. */
export const packagedText = (path: string): string => readFileSync(packagedFile(path), 'utf8')
