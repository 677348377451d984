/** All report formats by name. */
import { console } from './console/console.ts'
import { hlog } from './hlog.ts'
import { json } from './json.ts'
import { junit } from './junit/junit.ts'
import { md } from './md.ts'
import type { Reporter } from './text/reporter.ts'

export const reporters = { console, json, junit, md, hlog } satisfies Record<string, Reporter>

export type ReportFormat = keyof typeof reporters

/** Whether the name is that of a format. */
export function isReportFormat(name: string): name is ReportFormat {
  return Object.hasOwn(reporters, name)
}
