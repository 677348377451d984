/** `burn report` of a stored suite. */
import { dirname } from 'node:path'
import { UsageError } from '../../errors.ts'
import { type SuiteFormat, suiteFormats } from '../../report/suite/index.ts'
import type { RenderOptions } from '../../report/text/reporter.ts'
import { isSameFile } from '../../store/files/same-file.ts'
import { resultsOfSuite, type StoredSuite, storedSuiteAt } from '../../store/read-suite.ts'

/** The flags of `burn report` that a suite looks at. */
interface SuiteReportFlags {
  readonly format: string
  readonly level?: string
  readonly output?: string
  readonly quality?: boolean
}

/** Renders a stored suite. @throws UsageError, InputError */
export function renderSuite(
  stored: StoredSuite,
  { format, level, output, quality }: SuiteReportFlags,
  look: RenderOptions,
): string {
  if (quality === true) throw new UsageError(`--quality goes with a run, and ${stored.path} is a suite`, 'name one of its runs')
  if (level !== undefined) throw new UsageError('--level goes with the tables of a run, not with a suite', 'name one of its runs')
  if (!isSuiteFormat(format))
    throw new UsageError(
      `--format ${format}: ${stored.path} is a suite, which has no such format`,
      `one of ${Object.keys(suiteFormats).join(', ')}; or name one of its runs`,
    )
  if (output !== undefined && isSameFile(stored.path, output))
    throw new UsageError(`-o ${output} is the suite itself, which the report would replace`, 'name another file')
  const results = format === 'junit' || format === 'html' ? resultsOfSuite(stored) : new Map()
  return suiteFormats[format](stored.suite, { ...look, directory: dirname(stored.path) }, results)
}

/** The text of the suite in a folder; undefined when it holds none. @throws InputError for a suite that is damaged */
export function suiteTextOf(folder: string, format: SuiteFormat, look: RenderOptions): string | undefined {
  const stored = storedSuiteAt(folder)
  return stored && renderSuite(stored, { format }, look)
}

function isSuiteFormat(format: string): format is SuiteFormat {
  return Object.hasOwn(suiteFormats, format)
}
