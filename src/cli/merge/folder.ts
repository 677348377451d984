import { withExits } from '../../engine/outcome/verdict.ts'
import { EXIT } from '../../errors.ts'
import type { Result } from '../../result/schema.ts'
import { writeResult } from '../../store/result-file.ts'
import type { RunDir } from '../../store/run-dir.ts'
import type { ReportRequest } from '../report/request.ts'
import { RunFiles } from '../run/recorded/files.ts'

/** The reports and journals that the folder of a merged run gets: report formats to write, and the paths of journals to merge. */
interface Folder {
  readonly reports: readonly ReportRequest[]
  readonly journals: readonly string[]
}

/**
 * Writes the journal, reports and result of a merged run (`burn merge`) to its folder, and resolves with the result as it was written. A report that
 * could not be written adds the exit code for local errors to the result.
 */
export async function writeFolder(dir: RunDir, result: Result, { reports, journals }: Folder): Promise<Result> {
  const files = new RunFiles(dir, reports)
  if (journals.length > 0) await (await import('./journals.ts')).mergeJournals(journals, dir.journalPath, result.runId)
  const level = journals.length > 0 ? ({ kind: 'all' } as const) : ({ kind: 'none' } as const)
  const listed = { ...result, files: files.list(level, false) }
  const failures = await files.writeReports(listed, () => false)
  const exits = failures.map(({ message }) => ({ code: EXIT.local, why: message }))
  const whole = exits.length === 0 ? listed : { ...withExits(listed, exits), files: files.list(level, false) }
  await writeResult(dir.resultPath, whole)
  return whole
}
