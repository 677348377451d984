/** Renders a stored suite for `burn report`. */
import { dirname } from 'node:path'
import { suiteFormats } from '../../report/suite/index.ts'
import type { RenderOptions } from '../../report/text/reporter.ts'
import { resultsOfSuite, type StoredSuite } from '../../store/read-suite.ts'
import { formatOfSeveral, type SeveralReportFlags } from './format-of-several.ts'

/**
 * Returns the report of a stored suite (several tests with one verdict) in the format that the flags of `burn report` ask for, such as text, JSON or
 * HTML.
 * @throws UsageError, InputError
 */
export function renderSuite(stored: StoredSuite, flags: SeveralReportFlags, look: RenderOptions): string {
  const format = formatOfSeveral(suiteFormats, { path: stored.path, kind: 'suite' }, flags)
  const results = format === 'junit' || format === 'html' ? resultsOfSuite(stored) : new Map()
  return suiteFormats[format](stored.suite, { ...look, directory: dirname(stored.path) }, results)
}
