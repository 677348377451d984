/** Makes the tables of attempts and iterations of a run from its journal, and says what the journal lacks. */
import { InputError } from '../../errors.ts'
import { formatCount } from '../../report/text/format.ts'
import type { Result } from '../../result/schema.ts'
import { JOURNAL_NAME } from '../../store/files/names.ts'
import { openOutputs } from '../../store/files/output-file.ts'
import { JournalDamage, readJournal } from '../../store/journal/reader.ts'
import { logSafe } from '../../text/escape.ts'
import { note } from '../output/notes.ts'
import { damagedJournal } from '../tail/no-journal.ts'
import { PacedOutput } from '../tail/paced-output.ts'
import { type AttemptRows, anomaliesIn, attemptColumns, counted } from './attempts.ts'
import { iterationColumns, iterationsIn } from './iterations.ts'
import { journalOf } from './journal-of.ts'
import type { AskedFormat, RecordedLevel, ReportRequest } from './request.ts'
import { tableParts } from './table-parts.ts'

/** A request for a table of the journal. */
type RecordedRequest = ReportRequest & { readonly level: RecordedLevel }

/**
 * Builds the table of attempts or iterations of one run from its journal, in the format that the user asked for, such as CSV or Parquet. The table can
 * be written several times; each time the journal is read again.
 */
export class JournalTable {
  private readonly path: string
  private readonly format: AskedFormat
  private readonly level: RecordedLevel
  private readonly result: Result
  private rows: AttemptRows = { load: 0, setupOrTeardown: 0 }
  private readonly damage = new JournalDamage()

  /** Makes a table of the journal at `path`; `result` is the result of the same run. */
  constructor(path: string, { format, level }: RecordedRequest, result: Result) {
    this.path = path
    this.format = format
    this.level = level
    this.result = result
  }

  /** Yields the text or bytes of the table in parts; other work goes on between them. @throws InputError when the journal cannot be read */
  async *parts(): AsyncGenerator<string | Uint8Array> {
    this.rows = { load: 0, setupOrTeardown: 0 }
    const anomalies = anomaliesIn(this.result)
    const entries = counted(readJournal(this.path, this.damage).entries, this.rows)
    if (this.level === 'attempt') yield* tableParts(attemptColumns(anomalies), entries, this.format)
    else yield* tableParts(iterationColumns(anomalies), iterationsIn(entries), this.format)
  }

  /** Says how many attempts of the run are missing from the table that was written last, and why; undefined when none is missing. */
  leftOut(): string | undefined {
    const { total, warmup } = this.result
    const started = total.counts.started + (warmup?.counts.started ?? 0)
    const missing = started - this.rows.load
    if (missing <= 0) return undefined
    const level = readJournal(this.path).header?.level
    const torn = this.damage.lines > 0 ? `${JOURNAL_NAME} is damaged` : `${JOURNAL_NAME} ends early`
    const why = level === undefined || level === 'all' ? torn : `--log was ${level}`
    return `${formatCount(missing)} of ${formatCount(started)} attempts are not in the table: ${why}${level === 'all' ? '' : '; --log all keeps every one'}`
  }

  /** Refuses a table that lacks lines of the journal which could not be read; called after it was written. @throws InputError */
  refuseDamaged(): void {
    refuseDamaged(this.path, this.damage)
  }
}

/**
 * Throws when lines of a run's journal could not be read, as was counted while the journal was read. `run` is the path of the run's folder, its
 * result or the journal, for the error message. @throws InputError
 */
export function refuseDamaged(run: string, { lines, first }: JournalDamage): void {
  if (lines > 0) throw damagedJournal(journalOf(run) ?? run, lines, first)
}

/**
 * Prints the table of attempts or iterations of a run, or writes it to the file `output`. Says on stderr how many attempts the table lacks.
 * @throws InputError when the run has no journal or, after the table is written, when lines of the journal could not be read; LocalError
 */
export async function journalReport(
  run: string,
  request: RecordedRequest,
  result: Result,
  output: string | undefined,
): Promise<void> {
  const path = journalOf(run)
  if (path === undefined) {
    throw new InputError(
      `${run} has no ${JOURNAL_NAME}, from which such rows come`,
      'run with --log all, or name another --level: run, second or step',
    )
  }
  const table = new JournalTable(path, request, result)
  if (output !== undefined) await openOutputs([output]).write(output, table.parts())
  else if (!(await print(table, request.format))) return
  const leftOut = table.leftOut()
  if (leftOut !== undefined) note(leftOut)
  table.refuseDamaged()
}

/** Prints the table on stdout. Resolves with false when the reader of stdout closed it before the end, as `head` does. */
async function print(table: JournalTable, format: AskedFormat): Promise<boolean> {
  const output = new PacedOutput(process.stdout, new AbortController().signal)
  for await (const part of table.parts()) {
    if (typeof part !== 'string') await output.bytes(part)
    else await output.add(format === 'csv' ? logSafe(part) : part)
    if (output.closed) return false
  }
  await output.flush()
  return true
}
