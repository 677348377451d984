/** `burn report`: a stored result, rendered again. */
import { EXIT, UsageError } from '../errors.ts'
import { isReportFormat, reporters } from '../report/index.ts'
import { FILE_OPTIONS } from '../report/reporter.ts'
import { openOutputs } from '../store/output-file.ts'
import { markIncomplete, readResult } from '../store/read-result.ts'
import { renderOptionsFor } from './output/console.ts'

/** Renders to stdout or a file. A killed run renders as INCOMPLETE. @throws InputError, UsageError, LocalError */
export async function reportCommand(run: string, options: { format: string; output?: string; color: boolean }): Promise<number> {
  if (!isReportFormat(options.format)) {
    throw new UsageError(`--format ${options.format}: there is no such format`, `one of ${Object.keys(reporters).join(', ')}`)
  }
  const result = markIncomplete(readResult(run))
  const look = options.output === undefined ? renderOptionsFor(process.stdout, options.color) : FILE_OPTIONS
  const text = reporters[options.format].render(result, look)
  const whole = text.endsWith('\n') ? text : `${text}\n`
  if (options.output === undefined) process.stdout.write(whole)
  else await openOutputs([options.output]).write(options.output, whole)
  return EXIT.ok
}
