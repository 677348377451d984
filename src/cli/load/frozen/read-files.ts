/** Finds the files that a scenario reads, with hashes of their contents, so that a later start of the same run can tell whether they changed. */
import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Configuration } from '../../../result/schema.ts'

/** The largest file that is hashed, in bytes. For larger files only the size is stored, because hashing would delay the run. */
const MAX_HASHED_BYTES = 64 * 1024 * 1024
/** Matches the keys in targets, data, steps and checks whose value is the path of a file that is read. */
const FILE_KEY = /^(?:file|payloadFile|corpus|schema|proto)$/
/** Matches the blocks whose files contain keys and credentials; nothing about those files is stored, not even a hash. */
const SECRET_BLOCK = /^(?:auth|tls)$/

type ConfiguredFile = Configuration['files'][number]

/**
 * Returns the files that a scenario names, each once, with size and hash. Files that do not exist are left out, and so are those in `auth` and `tls`
 * blocks, which hold secrets.
 */
export function readFiles(scenario: unknown, baseDir: string): ConfiguredFile[] {
  return [...new Set(namedFiles(scenario, false))].flatMap((path) => fileAt(path, baseDir) ?? [])
}

/** Returns path, size and SHA-256 of a file (the hash is null above 64 MiB); undefined when it is no regular file. */
export function fileAt(path: string, baseDir: string): ConfiguredFile | undefined {
  const place = resolve(baseDir, path)
  try {
    const found = statSync(place)
    if (!found.isFile()) return undefined
    const hash = () => createHash('sha256').update(readFileSync(place)).digest('hex')
    return { path, bytes: found.size, sha256: found.size > MAX_HASHED_BYTES ? null : hash() }
  } catch {
    return undefined
  }
}

/**
 * Returns the paths in a part of a scenario, found by the keys that name files. `isFile` says that `value` is itself such a path or list of paths.
 */
function namedFiles(value: unknown, isFile: boolean): string[] {
  if (typeof value === 'string') return isFile && !/\{\{|\n/.test(value) ? [value] : []
  if (Array.isArray(value)) return value.flatMap((item) => namedFiles(item, isFile))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) => (SECRET_BLOCK.test(key) ? [] : namedFiles(item, FILE_KEY.test(key))))
}
