import { type Stats, statSync } from 'node:fs'
import { join } from 'node:path'
import { EXIT, UsageError } from '../errors.ts'
import { isReportFormat, reporters } from '../report/index.ts'
import { FILE_OPTIONS } from '../report/text/reporter.ts'
import { JOURNAL_NAME, RESULT_NAME } from '../store/files/names.ts'
import { openOutputs } from '../store/files/output-file.ts'
import { markIncomplete, readResult } from '../store/read-result.ts'
import { renderOptionsFor } from './output/console.ts'

/**
 * Runs `burn report`: prints the report of a run from its stored result. A run that was killed is marked INCOMPLETE.
 * @throws InputError, UsageError, LocalError
 */
export async function reportCommand(run: string, options: { format: string; output?: string; color: boolean }): Promise<number> {
  if (!isReportFormat(options.format)) {
    throw new UsageError(`--format ${options.format}: there is no such format`, `one of ${Object.keys(reporters).join(', ')}`)
  }
  const result = markIncomplete(readResult(run))
  if (options.output !== undefined) refuseOwnSource(run, options.output)
  const look = options.output === undefined ? renderOptionsFor(process.stdout, options.color) : FILE_OPTIONS
  const text = reporters[options.format].render(result, look)
  const whole = text.endsWith('\n') ? text : `${text}\n`
  if (options.output === undefined) process.stdout.write(whole)
  else await openOutputs([options.output]).write(options.output, whole)
  return EXIT.ok
}

/** Refuses an output path that is the result or journal itself. @throws UsageError */
function refuseOwnSource(run: string, output: string): void {
  const target = fileAt(output)
  const sources = [run, join(run, RESULT_NAME), join(run, JOURNAL_NAME)]
  const same = sources.some((path) => {
    const source = fileAt(path)
    return source !== undefined && source.ino === target?.ino && source.dev === target.dev
  })
  if (same) throw new UsageError(`-o ${output} is the result itself, which the report would replace`, 'name another file')
}

/** The file at a path; undefined when it is missing or not accessible (reading or writing it later reports why). */
function fileAt(path: string): Stats | undefined {
  try {
    return statSync(path)
  } catch {
    return undefined
  }
}
