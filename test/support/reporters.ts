/** What renders each report format, loaded. */
import { type ReportFormat, reportFormats } from '../../src/report/index.ts'
import type { Reporter } from '../../src/report/text/reporter.ts'

const loaded = Object.entries(reportFormats).map(async ([name, { load }]) => [name, await load()] as const)

/** All report formats, each with its function `render`. */
export const reporters = Object.fromEntries(await Promise.all(loaded)) as Readonly<Record<ReportFormat, Reporter>>
