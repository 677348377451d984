/** Reads files that a scenario may name only if they are in its own folder, whatever links lead there. */
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import { UsageError } from './errors.ts'

/** True when the file `path` lies in `folder` or below it. Both must be real paths, in which links are resolved. */
export function liesIn(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

/**
 * Returns the text of the file `name`, which must lie in `folder`. @throws UsageError when it is missing, outside the folder, larger than `maxBytes`
 * or unreadable
 */
export function readConfined(folder: string, name: string, maxBytes: number): string {
  return readConfinedBytes(folder, name, maxBytes).toString('utf8')
}

/**
 * Returns the bytes of the file `name`, which must lie in `folder`.
 * @throws UsageError when it is missing, outside the folder, larger than `maxBytes` or unreadable
 */
export function readConfinedBytes(folder: string, name: string, maxBytes: number): Buffer {
  const path = confinedPath(folder, name, maxBytes)
  try {
    return readFileSync(path)
  } catch (error) {
    throw new UsageError(`${name} cannot be read`, undefined, { cause: error })
  }
}

/** Returns the real path of the file `name` in `folder`. @throws UsageError when it is missing, outside of the folder, or larger than `maxBytes` */
export function confinedPath(folder: string, name: string, maxBytes: number): string {
  const path = realOf(resolve(folder, name), name)
  if (!liesIn(realOf(folder, folder), path)) throw new UsageError(`${name} lies outside of the folder of the scenario`)
  const found = statSync(path)
  if (!found.isFile()) throw new UsageError(`${name} is no file`)
  if (found.size > maxBytes) throw new UsageError(`${name} is larger than ${maxBytes / 1024} KB`)
  return path
}

/**
 * Returns the parsed JSON of the file `name`, which must lie in `folder`.
 * @throws UsageError when it is missing, outside the folder, larger than `maxBytes` or not JSON
 */
export function readConfinedJson(folder: string, name: string, maxBytes: number): unknown {
  const text = readConfined(folder, name, maxBytes)
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw new UsageError(`${name} is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function realOf(path: string, name: string): string {
  try {
    return realpathSync(path)
  } catch (error) {
    throw new UsageError(`${name} is not there`, 'paths start at the folder of the scenario', { cause: error })
  }
}
