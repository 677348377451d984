import { join } from 'node:path'
import { EXIT, UsageError } from '../errors.ts'
import { reporters } from '../report/index.ts'
import { makePen } from '../report/text/pen.ts'
import { FILE_OPTIONS } from '../report/text/reporter.ts'
import { JOURNAL_NAME, RESULT_NAME } from '../store/files/names.ts'
import { openOutputs } from '../store/files/output-file.ts'
import { isSameFile } from '../store/files/same-file.ts'
import { readComparison } from '../store/read-comparison.ts'
import { markIncomplete, readResult } from '../store/read-result.ts'
import { logSafe, safeJson } from '../text/escape.ts'
import { renderOptionsFor } from './output/console.ts'
import { journalReport, refuseDamaged } from './report/journal-table.ts'
import { parquetReport } from './report/parquet.ts'
import { isOfJournal, reportRequest } from './report/request.ts'

/** The values of the flags of `burn report`. */
interface ReportFlags {
  readonly format: string
  readonly level?: string
  readonly output?: string
  readonly color: boolean
  /** Measures the replies of the journal again, in place of a report. */
  readonly quality?: boolean
  readonly reference?: string
}

/**
 * Runs `burn report`: prints the report of a run from its stored result. A run that was killed is marked INCOMPLETE.
 * @throws InputError, UsageError, LocalError
 */
export async function reportCommand(run: string, flags: ReportFlags): Promise<number> {
  if (flags.quality !== true && flags.reference !== undefined)
    throw new UsageError('--reference goes with --quality', 'add --quality, or leave it out')
  const compared = readComparison(run)
  if (compared !== undefined) return comparisonCommand(compared, flags)
  if (flags.quality === true) return qualityCommand(run, flags)
  const { format, level } = reportRequest(flags.format, flags.level, {
    format: `--format ${flags.format}`,
    level: `--level ${flags.level}`,
  })
  const result = markIncomplete(readResult(run))
  if (flags.output !== undefined) refuseOwnSource(run, flags.output)
  if (format === 'parquet' && flags.output === undefined && process.stdout.isTTY)
    throw new UsageError('--format parquet is no text for a terminal', 'name a file with -o, or pass it on with a pipe')
  if (isOfJournal(level)) {
    await journalReport(run, { format, level }, result, flags.output)
    return EXIT.ok
  }
  if (format === 'parquet') {
    await parquetReport(result, level ?? 'run', flags.output)
    return EXIT.ok
  }
  const look = flags.output === undefined ? renderOptionsFor(process.stdout, flags.color) : FILE_OPTIONS
  // What reads a journal is loaded by reports that do.
  const { conversationsOf } = format === 'html' ? await import('./report/conversations/conversations.ts') : {}
  const conversations = await conversationsOf?.(run, result)
  const text = reporters[format].render(result, { ...look, ...(level === undefined ? {} : { level }), ...conversations })
  const whole = text === '' || text.endsWith('\n') ? text : `${text}\n`
  if (flags.output === undefined) process.stdout.write(format === 'csv' ? logSafe(whole) : whole)
  else await openOutputs([flags.output]).write(flags.output, whole)
  return EXIT.ok
}

async function comparisonCommand(compared: NonNullable<ReturnType<typeof readComparison>>, flags: ReportFlags): Promise<number> {
  const { renderComparison } = await import('./stored/comparison-report.ts')
  const { output, color } = flags
  const text = renderComparison(compared, flags, output === undefined ? renderOptionsFor(process.stdout, color) : FILE_OPTIONS)
  if (output === undefined) process.stdout.write(text)
  else await openOutputs([output]).write(output, text)
  return EXIT.ok
}

/** Prints the quality of the replies in the journal of a run, as text or JSON. */
async function qualityCommand(run: string, { format, level, output, color, reference }: ReportFlags): Promise<number> {
  if (level !== undefined) throw new UsageError('--level does not go with --quality', 'leave it out')
  if (format !== 'console' && format !== 'json')
    throw new UsageError(`--format ${format} does not go with --quality`, 'console or json')
  if (output !== undefined) refuseOwnSource(run, output)
  const { qualityReport } = await import('./report/quality.ts')
  const { qualityLines } = await import('./report/quality-text.ts')
  const { report, damage } = await qualityReport(run, reference)
  const look = output === undefined ? renderOptionsFor(process.stdout, color) : FILE_OPTIONS
  const text = format === 'json' ? `${safeJson(report, 2)}\n` : qualityLines(report, makePen(look))
  if (output === undefined) process.stdout.write(text)
  else await openOutputs([output]).write(output, text)
  refuseDamaged(run, damage.run)
  if (reference !== undefined) refuseDamaged(reference, damage.reference)
  return EXIT.ok
}

/** Refuses an output path that is the result or journal itself. @throws UsageError */
function refuseOwnSource(run: string, output: string): void {
  const sources = [run, join(run, RESULT_NAME), join(run, JOURNAL_NAME)]
  if (sources.some((source) => isSameFile(source, output)))
    throw new UsageError(`-o ${output} is the result itself, which the report would replace`, 'name another file')
}
