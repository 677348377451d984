import { LocalError } from '../../../errors.ts'
import { reportFormats } from '../../../report/index.ts'
import { FILE_OPTIONS } from '../../../report/text/reporter.ts'
import type { Result } from '../../../result/schema.ts'
import type { Text } from '../../../store/files/atomic.ts'
import { isDiskFull } from '../../../store/files/local-error.ts'
import { ANOMALIES_NAME, DELIVERIES_NAME, JOURNAL_NAME, RESULT_NAME } from '../../../store/files/names.ts'
import { type Outputs, openOutputs } from '../../../store/files/output-file.ts'
import type { JournalLevel } from '../../../store/journal/level.ts'
import type { RunDir } from '../../../store/run-dir.ts'
import { resultParquet } from '../../report/parquet.ts'
import { isOfJournal, type ReportRequest, reportHolds, reportName } from '../../report/request.ts'
import { DETACHED_LOG } from './background.ts'

/** Writes the report files to the folder of a run, and lists all files in that folder for the run's result. */
export class RunFiles {
  private readonly dir: RunDir
  private readonly reports: readonly ReportRequest[]
  private readonly outputs: Outputs
  private readonly unwritten = new Set<string>()
  /** The text of anomalies.jsonl; '' when the run has no anomalies, and so no such file. */
  private anomalies = ''
  /** True when the run has webhooks, so that there is a file with their deliveries. */
  hasWebhooks = false

  /** Checks that all report files can be written. @throws LocalError */
  constructor(dir: RunDir, reports: readonly ReportRequest[]) {
    this.dir = dir
    this.reports = reports
    this.outputs = openOutputs([ANOMALIES_NAME, ...reports.map(reportName)].map((name) => dir.file(name)))
  }

  /** Returns the files in the run's folder, each with a description of its content, for the field `files` of the result. */
  list(journal: JournalLevel, detached: boolean): Result['files'] {
    const files = [
      { path: RESULT_NAME, holds: 'the result' },
      ...(journal.kind === 'none' ? [] : [{ path: JOURNAL_NAME, holds: 'the conversations' }]),
      ...(this.anomalies === '' ? [] : [{ path: ANOMALIES_NAME, holds: 'what stands out' }]),
      ...this.reports.map((report) => ({ path: reportName(report), holds: reportHolds(report) })),
      ...(this.hasWebhooks ? [{ path: DELIVERIES_NAME, holds: 'what webhooks were told' }] : []),
      ...(detached ? [{ path: DETACHED_LOG, holds: 'the output of the run' }] : []),
    ]
    return files.filter(({ path }) => !this.unwritten.has(path))
  }

  /** Sets the content of `anomalies.jsonl`; '' when the run has no anomalies, and so no such file. */
  keepAnomalies(text: string): void {
    this.anomalies = text
  }

  /**
   * Writes `anomalies.jsonl` and all reports; returns an error for each that could not be written. `makeRoom` is called to free space on a full
   * disk.
   */
  async writeReports(result: Result, makeRoom: () => boolean): Promise<LocalError[]> {
    const errors: LocalError[] = []
    if (this.anomalies !== '') {
      const write = () => this.outputs.write(this.dir.file(ANOMALIES_NAME), this.anomalies)
      const error = await this.attempt(ANOMALIES_NAME, write, makeRoom)
      if (error) errors.push(error)
    }
    for (const report of this.reports) {
      const name = reportName(report)
      const write = async () => this.outputs.write(this.dir.file(name), await this.contents(report, result))
      const error = await this.attempt(name, write, makeRoom)
      if (error) errors.push(error)
    }
    return errors
  }

  private async contents({ format, level }: ReportRequest, result: Result): Promise<Text> {
    if (isOfJournal(level)) {
      // The code that reads a journal is loaded only for reports that need it.
      const { JournalTable } = await import('../../report/journal-table.ts')
      return new JournalTable(this.dir.journalPath, { format, level }, result).parts()
    }
    if (format === 'parquet') return resultParquet(result, level ?? 'run')
    const { pageParts } = format === 'html' ? await import('../../report/conversations/page-parts.ts') : {}
    const parts = await pageParts?.(this.dir.path, result)
    const { render } = await reportFormats[format].load()
    return render(result, { ...FILE_OPTIONS, ...(level === undefined ? {} : { level }), ...parts })
  }

  /** Calls `write` to write a file, again after `makeRoom` freed space on a full disk. Returns the error of a failed write. */
  async attempt(name: string, write: () => Promise<void>, makeRoom: () => boolean): Promise<LocalError | undefined> {
    for (;;) {
      try {
        await write()
        this.unwritten.delete(name)
        return undefined
      } catch (error) {
        if (!(error instanceof LocalError)) throw error
        if (isDiskFull(error) && makeRoom()) continue
        this.unwritten.add(name)
        return error
      }
    }
  }
}
