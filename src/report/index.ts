/** Registers all report formats by name. The code of a format is loaded only when the format is used. */
import type { Reporter } from './text/reporter.ts'

/** What is known about a report format before its code is loaded. */
interface RegisteredFormat {
  /** The extension of the format's files, without the dot. */
  readonly extension: string
  /** The description of the format for `--help`, in one line. */
  readonly describe: string
  readonly load: () => Promise<Reporter>
}

/** All report formats that are text, by the names that `--report` takes. It also takes `parquet`, whose files are not made here. */
export const reportFormats = {
  console: {
    extension: 'txt',
    describe: 'summary for the terminal',
    load: async () => (await import('./console/console.ts')).console,
  },
  json: {
    extension: 'json',
    describe: 'the whole result, as result.json has it',
    load: async () => (await import('./json.ts')).json,
  },
  junit: {
    extension: 'xml',
    describe: 'JUnit XML: verdict, thresholds, checks and validity as test cases',
    load: async () => (await import('./junit/junit.ts')).junit,
  },
  md: {
    extension: 'md',
    describe: 'GitHub Markdown: verdict, thresholds, steps, errors, environment',
    load: async () => (await import('./md.ts')).md,
  },
  html: {
    extension: 'html',
    describe: 'one page for a browser: verdict, thresholds, steps, failures, facts',
    load: async () => (await import('./html/html.ts')).html,
  },
  hlog: {
    extension: 'hlog',
    describe: 'HdrHistogram log of every distribution (ms are kept in µs)',
    load: async () => (await import('./hlog.ts')).hlog,
  },
  csv: {
    extension: 'csv',
    describe: 'a table for spreadsheets and data frames',
    load: async () => (await import('./tables/tables.ts')).csv,
  },
  jsonl: {
    extension: 'jsonl',
    describe: 'a table as lines of JSON, one object for each row',
    load: async () => (await import('./tables/tables.ts')).jsonl,
  },
  prometheus: {
    extension: 'prom',
    describe: 'metrics in the text format of Prometheus',
    load: async () => (await import('./prometheus.ts')).prometheus,
  },
} satisfies Record<string, RegisteredFormat>

/** The name of a report format, such as `md`. */
export type ReportFormat = keyof typeof reportFormats

/** True when the text is the name of a report format in `reportFormats`; false for `parquet`. */
export function isReportFormat(name: string): name is ReportFormat {
  return Object.hasOwn(reportFormats, name)
}
