/** The files of one run beside its result: which there are, and writing the reports among them. */
import { LocalError } from '../../errors.ts'
import { type ReportFormat, reporters } from '../../report/index.ts'
import { FILE_OPTIONS } from '../../report/text/reporter.ts'
import type { Result } from '../../result/schema.ts'
import { JOURNAL_NAME, RESULT_NAME } from '../../store/files/names.ts'
import { type Outputs, openOutputs } from '../../store/files/output-file.ts'
import type { JournalLevel } from '../../store/journal/level.ts'
import type { RunDir } from '../../store/run-dir.ts'
import { DETACHED_LOG } from './background.ts'

/** `junit.xml`, `report.md`, … in the folder of the run. */
function reportName(format: ReportFormat): string {
  return format === 'junit' ? 'junit.xml' : format === 'json' ? 'report.json' : `report.${reporters[format].extension}`
}

export class RunFiles {
  private readonly dir: RunDir
  private readonly formats: readonly ReportFormat[]
  private readonly outputs: Outputs
  private readonly unwritten = new Set<string>()

  /** Tries all paths. @throws LocalError */
  constructor(dir: RunDir, formats: readonly ReportFormat[]) {
    this.dir = dir
    this.formats = formats
    this.outputs = openOutputs(formats.map((format) => dir.file(reportName(format))))
  }

  /** What a reader of the result will find beside it. */
  list(journal: JournalLevel, detached: boolean): Result['files'] {
    const files = [
      { path: RESULT_NAME, holds: 'the result' },
      ...(journal.kind === 'none' ? [] : [{ path: JOURNAL_NAME, holds: 'the conversations' }]),
      ...this.formats.map((format) => ({ path: reportName(format), holds: reporters[format].describe })),
      ...(detached ? [{ path: DETACHED_LOG, holds: 'what the run said' }] : []),
    ]
    return files.filter(({ path }) => !this.unwritten.has(path))
  }

  /** Writes every report that can be written; returns the faults of the others. */
  async writeReports(result: Result): Promise<LocalError[]> {
    const faults: LocalError[] = []
    for (const format of this.formats) {
      const name = reportName(format)
      try {
        await this.outputs.write(this.dir.file(name), reporters[format].render(result, FILE_OPTIONS))
      } catch (error) {
        if (!(error instanceof LocalError)) throw error
        faults.push(error)
        this.unwritten.add(name)
      }
    }
    return faults
  }
}
