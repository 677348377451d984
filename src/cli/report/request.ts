/** Parses which reports a user asks for: formats such as `junit,md`, or a table with its level, such as `csv:step`. */
import { UsageError } from '../../errors.ts'
import { isReportFormat, type ReportFormat, reportFormats } from '../../report/index.ts'
import { RESULT_LEVELS, type ResultLevel } from '../../report/text/reporter.ts'
import { JOURNAL_NAME } from '../../store/files/names.ts'

/** What a row can stand for in report tables that are made from a run's journal: one attempt or one iteration. */
export type RecordedLevel = 'iteration' | 'attempt'
/** What one row of a table stands for. The rows of `iteration` and `attempt` come from the journal, all others from the result. */
type TableLevel = ResultLevel | RecordedLevel

const LEVELS: readonly TableLevel[] = [...RESULT_LEVELS, 'iteration', 'attempt']

/** A format that `--report` accepts: the name of a report format, or `parquet` (Apache Parquet, a binary format for tables). */
export type AskedFormat = ReportFormat | 'parquet'

/** A report that the user asked for: its format and, for a table, what its rows stand for (run, second, step, attempt or iteration). */
export interface ReportRequest {
  readonly format: AskedFormat
  /** What one row of the table stands for; undefined for a format that is no table. */
  readonly level: TableLevel | undefined
}

/** The formats that are tables, with the level that they have by default: seconds for charts, attempts for other programs. */
const TABLES: Readonly<Partial<Record<AskedFormat, TableLevel>>> = { csv: 'second', jsonl: 'attempt', parquet: 'attempt' }
/** For each level of a table, the name of the file that contains it, without extension. */
const FILES: Readonly<Record<TableLevel, string>> = {
  run: 'run',
  second: 'seconds',
  step: 'steps',
  iteration: 'iterations',
  attempt: 'attempts',
}

/**
 * Parses the value of `--report`, such as `junit,md,csv:step`, to a list of reports without repeats. Here `csv:step` is a CSV table at the level
 * `step`: with a row for each step.
 * @throws UsageError for an unknown format or level
 */
export function reportRequests(text: string): ReportRequest[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  const requests = names.map((name) => {
    const [format = '', level] = name.split(':', 2)
    return reportRequest(format, level, { format: `--report ${name}`, level: `--report ${name}` })
  })
  return [...new Map(requests.map((request) => [reportName(request), request])).values()]
}

/** Says which formats there are; for a PDF, how to get one. */
function hintFor(format: string): string {
  if (format === 'pdf') return 'html is one page that a browser prints as a PDF (print, save as PDF)'
  return `one of ${Object.keys(reportFormats).join(', ')}, parquet`
}

/**
 * Returns the report to write for a format, such as `csv`, and a level, which says what a row of a table stands for. Without a level, a table gets
 * the default level of its format. `flags` is how the user wrote format and level, for error messages.
 * @throws UsageError for an unknown format or level, or for a level with a format that is not a table
 */
export function reportRequest(
  format: string,
  level: string | undefined,
  flags: { readonly format: string; readonly level: string },
): ReportRequest {
  if (!isReportFormat(format) && format !== 'parquet')
    throw new UsageError(`${flags.format}: there is no such format`, hintFor(format))
  const usual = TABLES[format]
  if (level === undefined) return { format, level: usual }
  if (usual === undefined) {
    throw new UsageError(`${flags.level}: ${format} is no table and has no levels`, `${Object.keys(TABLES).join(', ')} have`)
  }
  const known = LEVELS.find((name) => name === level)
  if (known === undefined) throw new UsageError(`${flags.level}: there is no such level`, `one of ${LEVELS.join(', ')}`)
  return { format, level: known }
}

/** Returns the file name of a report in the folder of the run: `junit.xml`, `report.md`, `seconds.csv`, … */
export function reportName({ format, level }: ReportRequest): string {
  const extension = format === 'parquet' ? format : reportFormats[format].extension
  if (level !== undefined) return `${FILES[level]}.${extension}`
  return format === 'junit' ? 'junit.xml' : `report.${extension}`
}

/** Describes the content of a report file in a few words, for the list of a run's files. */
export function reportHolds({ format, level }: ReportRequest): string {
  if (isOfJournal(level)) return `a row for each ${level} of ${JOURNAL_NAME}`
  if (level !== undefined) return `a row for ${level === 'run' ? 'the run' : `each ${level}`}`
  return format === 'parquet' ? '' : reportFormats[format].describe
}

/** True when a level (what one row of a report table stands for) needs the run's journal: for `iteration` and `attempt`. */
export function isOfJournal(level: TableLevel | undefined): level is RecordedLevel {
  return level === 'iteration' || level === 'attempt'
}
