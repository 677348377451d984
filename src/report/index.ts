/** All report formats by name. */
import { console } from './console/console.ts'
import { hlog } from './hlog.ts'
import { html } from './html/html.ts'
import { json } from './json.ts'
import { junit } from './junit/junit.ts'
import { md } from './md.ts'
import { prometheus } from './prometheus.ts'
import { csv, jsonl } from './tables/tables.ts'
import type { Reporter } from './text/reporter.ts'

/** All report formats by the names that `--report` takes. */
export const reporters = { console, json, junit, md, html, hlog, csv, jsonl, prometheus } satisfies Record<string, Reporter>

/** The name of a report format, such as `md`. */
export type ReportFormat = keyof typeof reporters

/** True when the text is the name of a report format. */
export function isReportFormat(name: string): name is ReportFormat {
  return Object.hasOwn(reporters, name)
}
