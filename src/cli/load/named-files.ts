import { globSync } from 'node:fs'
import { UsageError } from '../../errors.ts'

/** The files that a command line names, and the patterns that match no file. */
interface NamedFiles {
  readonly files: readonly string[]
  readonly unmatched: readonly string[]
}

/**
 * Returns the files that a command line names, in order. Patterns such as `*.yaml` are expanded, and their files sorted; `unmatched` lists the
 * patterns that match no file.
 */
export function expandPatterns(patterns: readonly string[]): NamedFiles {
  const found = patterns.map((pattern) => ({ pattern, files: expand(pattern) }))
  const unmatched = found.filter(({ files }) => files.length === 0).map(({ pattern }) => pattern)
  return { files: found.flatMap(({ files }) => files), unmatched }
}

/** Returns the files that a command line names; patterns such as `*.yaml` are expanded. @throws UsageError for patterns that match no file */
export function namedFiles(patterns: readonly string[]): readonly string[] {
  const { files, unmatched } = expandPatterns(patterns)
  refuseUnmatched(unmatched)
  return files
}

/**
 * Throws when patterns on the command line match no file.
 * @throws UsageError that names these patterns
 */
export function refuseUnmatched(unmatched: readonly string[]): void {
  if (unmatched.length > 0)
    throw new UsageError(`${unmatched.join(', ')} ${unmatched.length === 1 ? 'matches' : 'match'} no file`)
}

function expand(pattern: string): string[] {
  return pattern === '-' || !/[*?[{]/.test(pattern) ? [pattern] : globSync(pattern).sort()
}
