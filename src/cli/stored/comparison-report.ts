/** `burn report` of a stored comparison. */
import { UsageError } from '../../errors.ts'
import type { ComparedResults } from '../../report/comparison/html.ts'
import { type ComparisonFormat, comparisonFormats } from '../../report/comparison/index.ts'
import type { RenderOptions } from '../../report/text/reporter.ts'
import { isSameFile } from '../../store/files/same-file.ts'
import { type readComparison, resultsOfSide } from '../../store/read-comparison.ts'
import { note } from '../output/notes.ts'
import { pairsOf } from '../report/conversations/pairs.ts'

/** The flags of `burn report` that a comparison looks at. */
interface ComparisonReportFlags {
  readonly format: string
  readonly level?: string
  readonly output?: string
  readonly quality?: boolean
}

/**
 * Renders a stored comparison in the chosen format. When the results of its runs are gone, an HTML page lacks their parts, and a note on stderr
 * says so. @throws UsageError, InputError
 */
export function renderComparison(
  stored: NonNullable<ReturnType<typeof readComparison>>,
  { format, level, output, quality }: ComparisonReportFlags,
  look: RenderOptions,
): string {
  if (quality === true)
    throw new UsageError(`--quality goes with a run, and ${stored.path} is a comparison`, 'name one of its runs')
  if (level !== undefined) throw new UsageError('--level goes with the tables of a run, not with a comparison', 'leave it out')
  if (!isComparisonFormat(format))
    throw new UsageError(
      `--format ${format}: ${stored.path} is a comparison, which has no such format`,
      `one of ${Object.keys(comparisonFormats).join(', ')}`,
    )
  if (output !== undefined && isSameFile(stored.path, output))
    throw new UsageError(`-o ${output} is the comparison itself, which the report would replace`, 'name another file')
  const results = format === 'html' ? resultsOf(stored) : { a: [], b: [] }
  return comparisonFormats[format](stored.comparison, look, results)
}

function isComparisonFormat(format: string): format is ComparisonFormat {
  return Object.hasOwn(comparisonFormats, format)
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
