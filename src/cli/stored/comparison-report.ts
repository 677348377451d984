/** Renders a stored comparison for `burn report`. */
import type { ComparedResults } from '../../report/comparison/html.ts'
import { comparisonFormats } from '../../report/comparison/index.ts'
import type { RenderOptions } from '../../report/text/reporter.ts'
import { type readComparison, resultsOfSide } from '../../store/read-comparison.ts'
import { note } from '../output/notes.ts'
import { pairsOf } from '../report/conversations/pairs.ts'
import { formatOfSeveral, type SeveralReportFlags } from './format-of-several.ts'

/**
 * Returns the report of a stored comparison in the format that the user chose with `flags`. An HTML report also reads the results of the compared
 * runs. If these were deleted, it has no charts and no conversations, and a note on stderr says so.
 * @throws UsageError, InputError
 */
export function renderComparison(
  stored: NonNullable<ReturnType<typeof readComparison>>,
  flags: SeveralReportFlags,
  look: RenderOptions,
): string {
  const format = formatOfSeveral(comparisonFormats, { path: stored.path, kind: 'comparison' }, flags)
  const results = format === 'html' ? resultsOf(stored) : { a: [], b: [] }
  return comparisonFormats[format](stored.comparison, look, results)
}

function resultsOf(stored: Parameters<typeof resultsOfSide>[0]): ComparedResults {
  const results = { a: resultsOfSide(stored, 'a'), b: resultsOfSide(stored, 'b') }
  const missing = (['a', 'b'] as const).filter((arm) => results[arm].length === 0)
  if (missing.length > 0)
    note(
      `the page is without curves, steps and failures: the results of ${missing.map((arm) => stored.comparison[arm].name).join(' and ')} are not found`,
    )
  return { ...results, ...pairsOf(stored, results) }
}
