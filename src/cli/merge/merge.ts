import { randomBytes } from 'node:crypto'
import { InputError, worstExit } from '../../errors.ts'
import { partsAmong } from '../../merge/belonging.ts'
import { mergeResults } from '../../merge/merge.ts'
import { reportFormats } from '../../report/index.ts'
import type { Result } from '../../result/schema.ts'
import { openOutputs } from '../../store/files/output-file.ts'
import { createRunDir } from '../../store/run-dir.ts'
import { annotate } from '../output/annotations.ts'
import { renderOptionsFor } from '../output/console.ts'
import { reportRequests } from '../report/request.ts'
import { comparisonWith } from '../run/baseline.ts'
import { resultsText } from '../run/results-text.ts'
import { writeFolder } from './folder.ts'
import { type FoundResult, readParts } from './read-parts.ts'

/** The flags of `burn merge`. */
interface MergeFlags {
  readonly allowMissing?: boolean
  readonly out?: string
  readonly overwrite?: boolean
  readonly report?: string
  readonly output?: string
  readonly json?: boolean
  readonly quiet?: boolean
  readonly color?: boolean
  readonly baseline?: string[]
}

/**
 * Runs `burn merge`: merges the results of the shards of one run, evaluates the thresholds on the whole run, and writes a folder as `burn run` does.
 * `named` lists the files and folders that hold the results. Resolves with the exit code of the verdict.
 * @throws InputError for results that do not belong together, or missing ones; UsageError, LocalError
 */
export async function mergeCommand(named: readonly string[], flags: MergeFlags): Promise<number> {
  const reports = reportRequests(flags.report ?? '')
  const compared = comparisonWith(flags)
  const found = await readParts(named)
  const { parts, of, missing, notes } = partsAmong(found)
  const names = missing.map((index) => `${index + 1}/${of}`).join(', ')
  if (parts.length === 0) throw new InputError(`no shard of ${of} is complete`, notes.join('; '))
  if (missing.length > 0 && flags.allowMissing !== true)
    throw new InputError(
      `${missing.length} of ${of} shards ${missing.length === 1 ? 'is' : 'are'} missing: ${names}`,
      [...notes, '--allow-missing merges the others, and marks the result as not valid'].join('; '),
    )
  const merged = mergeResults(
    parts.map(({ result }) => result),
    { of },
  )
  const outputs = flags.output === undefined ? undefined : openOutputs([flags.output])
  const runId = merged.shards && parts[0]?.result.shard?.run ? parts[0].result.shard.run : randomBytes(6).toString('hex')
  const dir = createRunDir({
    runId,
    name: merged.scenarioName,
    startedAt: merged.startTime,
    ...(flags.out === undefined ? {} : { out: flags.out }),
    overwrite: flags.overwrite === true,
  })
  try {
    const whole = { ...merged, runId, notes: [...notes, ...merged.notes] }
    const written = await writeFolder(dir, compared?.(whole) ?? whole, { reports, journals: journalsOf(found, parts) })
    await show(written, dir.path, flags)
    if (flags.json) process.stdout.write(resultsText([written]))
    if (flags.output !== undefined) await outputs?.write(flags.output, resultsText([written]))
    return worstExit(written.exitCodes)
  } finally {
    dir.release()
  }
}

/** Returns the paths of the journals that belong to the merged parts. */
function journalsOf(found: readonly FoundResult[], parts: readonly { readonly result: Result }[]): string[] {
  return parts.flatMap(({ result }) => found.find((one) => one.result === result)?.journal ?? [])
}

async function show(result: Result, directory: string, { quiet, color }: MergeFlags): Promise<void> {
  annotate(result)
  if (quiet) return
  const { render } = await reportFormats.console.load()
  process.stderr.write(`${render(result, { ...renderOptionsFor(process.stderr, color ?? true), directory })}\n`)
}
