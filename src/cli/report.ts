import type { Command } from 'commander'
import { EXIT, UsageError } from '../errors.ts'
import { reportFormats } from '../report/index.ts'
import { FILE_OPTIONS } from '../report/text/reporter.ts'
import { openOutputs } from '../store/files/output-file.ts'
import { markIncomplete, readResult } from '../store/read-result.ts'
import { logSafe } from '../text/escape.ts'
import { renderOptionsFor } from './output/console.ts'
import { journalReport } from './report/journal-table.ts'
import type { ReportFlags } from './report/judge/quality-command.ts'
import { refuseOwnSource } from './report/own-source.ts'
import { parquetReport } from './report/parquet.ts'
import { isOfJournal, reportRequest } from './report/request.ts'
import { comparisonText, severalText } from './stored/several.ts'

/**
 * Runs `burn report`: prints the report of a run, of several runs or of a comparison from stored results; with `--quality`, the quality of a run's
 * replies. A run that was killed is marked INCOMPLETE. Returns the exit code.
 * @throws InputError, UsageError, LocalError
 */
export async function reportCommand(run: string, flags: ReportFlags, command: Command): Promise<number> {
  if (flags.quality !== true && flags.reference !== undefined)
    throw new UsageError('--reference goes with --quality', 'add --quality, or leave it out')
  if (flags.quality !== true && flags.judge !== undefined)
    throw new UsageError('--judge goes with --quality', 'add --quality, or leave it out')
  if (flags.labels !== undefined && flags.judge === undefined)
    throw new UsageError('--labels goes with --judge', 'name the scenario whose judge is asked about them, or leave it out')
  const look = flags.output === undefined ? renderOptionsFor(process.stdout, flags.color) : FILE_OPTIONS
  const several = (await severalText(run, flags, look)) ?? (await comparisonText(run, flags, look))
  if (several !== undefined) return printed(several, flags)
  if (flags.quality === true) {
    if (flags.output !== undefined) refuseOwnSource(run, flags.output)
    return (await import('./report/judge/quality-command.ts')).qualityCommand(run, flags, command)
  }
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
  // The code that reads a journal is loaded only for reports that need it.
  const { pageParts } = format === 'html' ? await import('./report/conversations/page-parts.ts') : {}
  const parts = await pageParts?.(run, result)
  const { render } = await reportFormats[format].load()
  const text = render(result, { ...look, ...(level === undefined ? {} : { level }), ...parts })
  const whole = text === '' || text.endsWith('\n') ? text : `${text}\n`
  if (flags.output === undefined) process.stdout.write(format === 'csv' ? logSafe(whole) : whole)
  else await openOutputs([flags.output]).write(flags.output, whole)
  return EXIT.ok
}

async function printed(text: string, { output }: ReportFlags): Promise<number> {
  if (output === undefined) process.stdout.write(text)
  else await openOutputs([output]).write(output, text)
  return EXIT.ok
}
