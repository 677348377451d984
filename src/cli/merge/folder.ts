import { withExits } from '../../engine/outcome/verdict.ts'
import { EXIT } from '../../errors.ts'
import type { Result } from '../../result/schema.ts'
import { writeResult } from '../../store/result-file.ts'
import type { RunDir } from '../../store/run-dir.ts'
import type { ReportRequest } from '../report/request.ts'
import { RunFiles } from '../run/recorded/files.ts'

/** What lies in the folder of a merged run beside its result. */
interface Folder {
  readonly reports: readonly ReportRequest[]
  readonly journals: readonly string[]
}

/** Writes the folder of a merged run, and returns the result as it is written: the journal, the reports and the result; a report that cannot be written is in the exit codes. */
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
