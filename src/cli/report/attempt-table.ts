/** The table of attempts of a run, from its journal, and what the journal has left out. */
import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { InputError } from '../../errors.ts'
import { type Column, CSV, JSON_LINES, type TableForm } from '../../report/tables/column.ts'
import { formatCount } from '../../report/text/format.ts'
import type { Result } from '../../result/schema.ts'
import { JOURNAL_NAME } from '../../store/files/names.ts'
import { openOutputs } from '../../store/files/output-file.ts'
import { readJournal } from '../../store/journal/reader.ts'
import { logSafe } from '../../text/escape.ts'
import { note } from '../output/notes.ts'
import { PacedOutput } from '../tail/paced-output.ts'
import { type AttemptRows, attemptColumns, counted } from './attempts.ts'
import { parquetParts } from './parquet.ts'
import type { AskedFormat } from './request.ts'

/** Characters that are written at once. Between two writes signals are handled. */
const BATCH_CHARACTERS = 64 * 1024

/** The table of attempts of one run. It can be made several times; each time the journal is read anew. */
export class AttemptTable {
  private readonly path: string
  private readonly format: AskedFormat
  private readonly result: Result
  private rows: AttemptRows = { load: 0, setupOrTeardown: 0 }

  /** A table of the journal at `path`, which is that of the run with this result. */
  constructor(path: string, format: AskedFormat, result: Result) {
    this.path = path
    this.format = format
    this.result = result
  }

  /** Yields the table in parts, between which other work is done. @throws InputError when the journal cannot be read */
  async *parts(): AsyncGenerator<string | Uint8Array> {
    this.rows = { load: 0, setupOrTeardown: 0 }
    const columns = attemptColumns(this.result.anomalyGroups ?? [])
    const entries = counted(readJournal(this.path).entries, this.rows)
    if (this.format === 'parquet') yield* parquetParts(columns, entries)
    else yield* lines(columns, entries, this.format === 'csv' ? CSV : JSON_LINES)
  }

  /** Says how many attempts of the run are not in the table that was written last, and why; undefined when all are there. */
  leftOut(): string | undefined {
    const { total, warmup } = this.result
    const started = total.counts.started + (warmup?.counts.started ?? 0)
    const missing = started - this.rows.load
    if (missing <= 0) return undefined
    const level = readJournal(this.path).header?.level
    const why = level === undefined || level === 'all' ? `${JOURNAL_NAME} ends early` : `--log was ${level}`
    return `${formatCount(missing)} of ${formatCount(started)} attempts are not in the table: ${why}${level === 'all' ? '' : '; --log all keeps every one'}`
  }
}

async function* lines<Row>(columns: readonly Column<Row>[], rows: Iterable<Row>, form: TableForm): AsyncGenerator<string> {
  let batch = form.head(columns)
  for (const row of rows) {
    batch += form.row(columns, row)
    if (batch.length < BATCH_CHARACTERS) continue
    yield batch
    batch = ''
    await new Promise(setImmediate)
  }
  if (batch !== '') yield batch
}

/**
 * Prints the table of attempts of a run, or writes it to the file `output`. Says on stderr how many attempts are not in it.
 * @throws InputError when the run has no journal, LocalError
 */
export async function attemptReport(run: string, format: AskedFormat, result: Result, output: string | undefined): Promise<void> {
  const path = journalOf(run)
  if (path === undefined) {
    throw new InputError(
      `${run} has no ${JOURNAL_NAME}, from which the rows of attempts come`,
      'run with --log all, or name another --level: run, second or step',
    )
  }
  const table = new AttemptTable(path, format, result)
  if (output !== undefined) await openOutputs([output]).write(output, table.parts())
  else if (!(await print(table, format))) return
  const leftOut = table.leftOut()
  if (leftOut !== undefined) note(leftOut)
}

/** Returns the journal in the folder of a run, or beside its result; undefined when there is none. */
export function journalOf(run: string): string | undefined {
  const folder = statSync(run).isDirectory() ? run : dirname(run)
  const path = join(folder, JOURNAL_NAME)
  return existsSync(path) ? path : undefined
}

/** Prints the table; false when the reader of stdout was gone before its end, as `head` is. */
async function print(table: AttemptTable, format: AskedFormat): Promise<boolean> {
  const output = new PacedOutput(process.stdout, new AbortController().signal)
  for await (const part of table.parts()) {
    if (typeof part !== 'string') await output.bytes(part)
    else await output.add(format === 'csv' ? logSafe(part) : part)
    if (output.closed) return false
  }
  await output.flush()
  return true
}
