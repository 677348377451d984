/** The files that exports write, tried before anything is sent. */
import { statSync } from 'node:fs'
import { LocalError } from '../../errors.ts'
import { openOutputs } from '../../store/files/output-file.ts'
import type { RunFlags } from '../load/run-flags.ts'
import { typedEntries } from './destinations.ts'

export { typedEntries }

/**
 * Checks the files that `--export` names: each can be written, is a regular file or not there yet, and is none for which `refuse` throws,
 * such as a file that the run reads.
 * @throws UsageError for a file that is named twice, LocalError for one that cannot be written
 */
export function checkExportFiles(flags: Pick<RunFlags, 'otlp' | 'export'>, refuse: (file: string) => void): void {
  const files = typedEntries(flags).flatMap(({ file }) => file ?? [])
  for (const file of files) refuse(file)
  checkFiles(files)
}

/**
 * Checks that each path is that of a regular file which can be written, or can be made.
 * @throws UsageError for a file that is named twice, LocalError for one that cannot be written
 */
export function checkFiles(paths: readonly string[]): void {
  openOutputs(paths)
  // A pipe without a reader would hold up whoever opens it.
  for (const path of paths)
    if (statSync(path, { throwIfNoEntry: false })?.isFile() === false)
      throw new LocalError(`cannot write ${path}: it is no regular file`, 'name a file that is not there yet')
}
