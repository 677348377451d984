/** Renders a stored search for `burn report`. */
import { dirname } from 'node:path'
import { searchFormats } from '../../report/search/index.ts'
import type { RenderOptions } from '../../report/text/reporter.ts'
import type { StoredSearch } from '../../store/read-search.ts'
import { formatOfSeveral, type SeveralReportFlags } from './format-of-several.ts'

/**
 * Returns the report of a stored capacity search (`burn search`) in the format that the flags of `burn report` ask for, such as text, JSON or HTML.
 * @throws UsageError
 */
export function renderSearch({ path, search }: StoredSearch, flags: SeveralReportFlags, look: RenderOptions): string {
  const format = formatOfSeveral(searchFormats, { path, kind: 'search' }, flags)
  return searchFormats[format](search, { ...look, directory: dirname(path) })
}
