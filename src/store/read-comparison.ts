/** Reads and checks `comparison.json`, and the results of its two sides if they are beside it. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { InputError } from '../errors.ts'
import { misfitOfComparison } from '../result/read.ts'
import type { Comparison, Result } from '../result/schema.ts'
import { COMPARISON_NAME, RESULT_NAME } from './files/names.ts'
import { kindOf, readResults, readText } from './read-result.ts'
import { sideFolder } from './run-dir.ts'

/** A comparison of two runs that was read from a file, and the path of that file. */
export interface StoredComparison {
  readonly path: string
  readonly comparison: Comparison
}

/**
 * Reads the comparison at a path: a folder with a `comparison.json` and no result of its own, or a file with such content. Undefined when the path
 * holds something else, or no valid JSON.
 * @throws InputError when the file cannot be read, or when a part of the comparison is missing or has the wrong type
 */
export function readComparison(named: string): StoredComparison | undefined {
  const isFolder = kindOf(named) === 'folder' && !existsSync(join(named, RESULT_NAME))
  const path = isFolder ? join(named, COMPARISON_NAME) : named
  if (kindOf(path) !== 'file') return undefined
  const value = comparisonIn(readText(path))
  if (value === undefined) return undefined
  const misfit = misfitOfComparison(value)
  if (misfit !== undefined)
    throw new InputError(
      `${path} is not a whole comparison: ${misfit} is missing or of another kind`,
      'the file was changed after burn wrote it',
    )
  return { path, comparison: value as Comparison } // misfitOfComparison has looked at every part
}

/** Parses a JSON text if it looks like a comparison; undefined for a result, which states the version of its format. */
function comparisonIn(text: string): unknown {
  if (/"schemaVersion"\s*:/.test(text)) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && 'mode' in value && 'values' in value ? value : undefined
  } catch {
    return undefined // readResult reports what is wrong with it
  }
}

/**
 * Returns the paths of the stored results of one side (`arm`, A or B) of a comparison. A comparison that ran both sides itself keeps each run in a
 * folder beside its own file; one that compared finished runs has recorded the path where it found them. Paths that no longer exist are left out.
 */
export function placesOfSide({ path, comparison }: StoredComparison, arm: 'a' | 'b'): string[] {
  const { mode, [arm]: side } = comparison
  const folder = (run: number | undefined) => join(dirname(path), sideFolder(arm, side.name, run))
  const numbered = Array.from({ length: MAX_RUNS }, (_, run) => folder(run + 1))
  const places = mode === 'stored' ? [side.name] : [folder(undefined), ...numbered]
  return places.filter((place) => existsSync(place))
}

/**
 * Returns the results of the runs of side A or B of a stored comparison; empty when these results were deleted or replaced by results of other runs.
 * @throws InputError for a result that is damaged, and for a folder of the side that holds no result
 */
export function resultsOfSide(stored: StoredComparison, arm: 'a' | 'b'): Result[] {
  const results = placesOfSide(stored, arm).flatMap(readResults)
  return results[0]?.runId === stored.comparison[arm].runId ? results : []
}

/** The largest number of runs of one side that are looked for, which is more than a live comparison makes. */
const MAX_RUNS = 10
