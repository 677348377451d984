/** The command `burn report --quality`: measures the quality of a stored run's replies again, and asks a judge about them if one is named. */
import type { Command } from 'commander'
import { EXIT, UsageError } from '../../../errors.ts'
import { makePen } from '../../../report/text/pen.ts'
import { FILE_OPTIONS } from '../../../report/text/reporter.ts'
import { openOutputs } from '../../../store/files/output-file.ts'
import { safeJson } from '../../../text/escape.ts'
import { renderOptionsFor } from '../../output/console.ts'
import { refuseDamaged } from '../journal-table.ts'
import { qualityReport } from '../quality.ts'
import { qualityLines } from '../quality-text.ts'

/** The values of the flags of `burn report`. */
export interface ReportFlags {
  readonly format: string
  readonly level?: string
  readonly output?: string
  readonly color: boolean
  /** True to measure the replies in the journal again, instead of printing a report. */
  readonly quality?: boolean
  readonly reference?: string
  /** The path of the scenario whose judge is asked about the replies. */
  readonly judge?: string
  /** The path of a file with replies that people have labelled; the judge scores these as well. */
  readonly labels?: string
}

/**
 * Prints the quality of the replies in the journal of a run, as text or JSON, with the scores of a judge if one is named. Returns the exit code.
 * @throws UsageError, ScenarioError, InputError
 */
export async function qualityCommand(run: string, flags: ReportFlags, command: Command): Promise<number> {
  const { format, level, output, color, reference, judge: file, labels } = flags
  if (level !== undefined) throw new UsageError('--level does not go with --quality', 'leave it out')
  if (format !== 'console' && format !== 'json')
    throw new UsageError(`--format ${format} does not go with --quality`, 'console or json')
  const { storedQuestions, judgeLines } = file === undefined ? {} : await import('./ask-stored.ts')
  const questions = file === undefined ? undefined : await storedQuestions?.({ run, reference, file, labels }, command)
  const { report, damage } = await qualityReport(run, reference, questions?.onMeasured)
  const look = output === undefined ? renderOptionsFor(process.stdout, color) : FILE_OPTIONS
  const asked = await questions?.ask()
  const pen = makePen(look)
  const text =
    format === 'json'
      ? `${safeJson(asked === undefined ? report : { ...report, judge: asked.said }, 2)}\n`
      : `${qualityLines(report, pen)}${(asked && judgeLines?.(asked.said, pen)) ?? ''}`
  if (output === undefined) process.stdout.write(text)
  else await openOutputs([output]).write(output, text)
  refuseDamaged(run, damage.run)
  if (reference !== undefined) refuseDamaged(reference, damage.reference)
  return asked?.code ?? EXIT.ok
}
