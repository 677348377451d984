import { join } from 'node:path'
import { UsageError } from '../../errors.ts'
import { JOURNAL_NAME, RESULT_NAME } from '../../store/files/names.ts'
import { isSameFile } from '../../store/files/same-file.ts'

/** Checks that the output path of `burn report` is not the run's own result or journal, which the report would overwrite. @throws UsageError */
export function refuseOwnSource(run: string, output: string): void {
  const sources = [run, join(run, RESULT_NAME), join(run, JOURNAL_NAME)]
  if (sources.some((source) => isSameFile(source, output)))
    throw new UsageError(`-o ${output} is the result itself, which the report would replace`, 'name another file')
}
