import { globSync } from 'node:fs'
import { UsageError } from '../../errors.ts'

/** The named files in the order given, globs replaced by sorted matches; duplicates stay. @throws UsageError when a glob matches nothing */
export function namedFiles(patterns: readonly string[]): string[] {
  return patterns.flatMap(expand)
}

function expand(pattern: string): string[] {
  if (pattern === '-' || !/[*?[{]/.test(pattern)) return [pattern]
  const found = globSync(pattern).sort()
  if (found.length === 0) throw new UsageError(`${pattern} matches no file`)
  return found
}
