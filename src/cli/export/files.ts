/** Checks the files that exports write before anything is sent. */
import { statSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { LocalError, UsageError } from '../../errors.ts'
import {
  ANOMALIES_NAME,
  COMPARISON_NAME,
  DELIVERIES_NAME,
  JOURNAL_NAME,
  RESULT_NAME,
  SUITE_NAME,
} from '../../store/files/names.ts'
import { openOutputs } from '../../store/files/output-file.ts'
import type { RunFlags } from '../load/run-flags.ts'
import { typedEntries } from './destinations.ts'

export { typedEntries }

/** The names of files that burn itself writes into the folders of runs. */
const OWN_NAMES = [RESULT_NAME, JOURNAL_NAME, COMPARISON_NAME, ANOMALIES_NAME, DELIVERIES_NAME, SUITE_NAME]
/** Matches the names of reports that burn writes into the folder of a run after its end. */
const REPORT = /^(?:report\.|junit\.xml$)/

/**
 * Checks that every file that `--export` names can be written and is a new or regular file. `refuse` is called with each file first; it throws for
 * one that must not be overwritten, such as an input of the run. `runs` is the number of runs of the command: with several, no file is allowed,
 * because each run would overwrite the file of the one before.
 * @throws UsageError for a file that is named twice or would be lost, LocalError for one that cannot be written
 */
export function checkExportFiles(flags: Pick<RunFlags, 'otlp' | 'export'>, refuse: (file: string) => void, runs: number): void {
  const files = typedEntries(flags).flatMap(({ file }) => file ?? [])
  for (const file of files) refuse(file)
  const [first] = files
  if (first !== undefined && runs > 1)
    throw new UsageError(
      `--export ${first}: each of the ${runs} runs would replace the metrics of the one before`,
      'name the file in `export` of the scenarios: then it lies in the folder of each run; an address takes all of them',
    )
  checkFiles(files)
}

/**
 * Checks that each path is a regular file that can be written or created, and that none has the name of a file that burn itself writes. With
 * `folder`, the folder of the run, reports in this folder are refused too.
 * @throws UsageError for a file that is named twice or is burn's own, LocalError for one that cannot be written
 */
export function checkFiles(paths: readonly string[], folder?: string): void {
  for (const path of paths) {
    const name = basename(path)
    const isReport = folder !== undefined && resolve(dirname(path)) === resolve(folder) && REPORT.test(name)
    if (isReport || OWN_NAMES.includes(name))
      throw new UsageError(`export to ${path}: burn itself writes files of that name`, 'choose another name, such as metrics.lp')
  }
  openOutputs(paths)
  // Opening a pipe without a reader would block.
  for (const path of paths)
    if (statSync(path, { throwIfNoEntry: false })?.isFile() === false)
      throw new LocalError(`cannot write ${path}: it is no regular file`, 'name a file that is not there yet')
}
