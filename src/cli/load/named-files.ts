import { globSync } from 'node:fs'
import { UsageError } from '../../errors.ts'

/** Returns the named files in their order, globs expanded and sorted. @throws UsageError for a glob that matches nothing */
export function namedFiles(patterns: readonly string[]): string[] {
  return patterns.flatMap(expand)
}

function expand(pattern: string): string[] {
  if (pattern === '-' || !/[*?[{]/.test(pattern)) return [pattern]
  const found = globSync(pattern).sort()
  if (found.length === 0) throw new UsageError(`${pattern} matches no file`)
  return found
}
