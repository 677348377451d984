/** What is stored of several runs together, as text. */
import type { RenderOptions } from '../../report/text/reporter.ts'
import { readComparison } from '../../store/read-comparison.ts'
import { storedSearchAt } from '../../store/read-search.ts'
import { storedSuiteAt } from '../../store/read-suite.ts'
import type { SeveralReportFlags } from './format-of-several.ts'

/** Returns the text of the suite or search that a path holds; undefined when it holds none. @throws InputError for one that is damaged, UsageError */
export async function severalText(path: string, flags: SeveralReportFlags, look: RenderOptions): Promise<string | undefined> {
  const suite = storedSuiteAt(path)
  if (suite !== undefined) return (await import('./suite-report.ts')).renderSuite(suite, flags, look)
  const search = storedSearchAt(path)
  if (search !== undefined) return (await import('./search-report.ts')).renderSearch(search, flags, look)
  return undefined
}

/** The same for a comparison. @throws InputError for one that is damaged, UsageError */
export async function comparisonText(path: string, flags: SeveralReportFlags, look: RenderOptions): Promise<string | undefined> {
  const compared = readComparison(path)
  return compared && (await import('./comparison-report.ts')).renderComparison(compared, flags, look)
}
