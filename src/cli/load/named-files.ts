/** The scenario files that a command line names. */
import { globSync } from 'node:fs'
import { UsageError } from '../../errors.ts'

/** Every name, in the order given, a glob replaced by what it finds, sorted. A file that is named twice is there twice. @throws UsageError when a glob finds nothing */
export function namedFiles(patterns: readonly string[]): string[] {
  return patterns.flatMap(expand)
}

function expand(pattern: string): string[] {
  if (pattern === '-' || !/[*?[{]/.test(pattern)) return [pattern]
  const found = globSync(pattern).sort()
  if (found.length === 0) throw new UsageError(`${pattern} matches no file`)
  return found
}
