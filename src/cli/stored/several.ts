/** Renders stored suites, searches and comparisons as text. */
import type { RenderOptions } from '../../report/text/reporter.ts'
import { readComparison } from '../../store/read-comparison.ts'
import { storedSearchAt } from '../../store/read-search.ts'
import { storedSuiteAt } from '../../store/read-suite.ts'
import type { SeveralReportFlags } from './format-of-several.ts'

/**
 * Returns the report of the suite or capacity search stored at `path`, in the format that the flags of `burn report` ask for. Undefined when `path`
 * has neither a suite nor a search.
 * @throws InputError when the stored file is damaged, UsageError for flags that do not apply
 */
export async function severalText(path: string, flags: SeveralReportFlags, look: RenderOptions): Promise<string | undefined> {
  const suite = storedSuiteAt(path)
  if (suite !== undefined) return (await import('./suite-report.ts')).renderSuite(suite, flags, look)
  const search = storedSearchAt(path)
  if (search !== undefined) return (await import('./search-report.ts')).renderSearch(search, flags, look)
  return undefined
}

/**
 * Returns the report of the comparison stored at `path`, in the format that the flags of `burn report` ask for. Undefined when `path` has no
 * comparison.
 * @throws InputError for a damaged file, UsageError
 */
export async function comparisonText(path: string, flags: SeveralReportFlags, look: RenderOptions): Promise<string | undefined> {
  const compared = readComparison(path)
  return compared && (await import('./comparison-report.ts')).renderComparison(compared, flags, look)
}
