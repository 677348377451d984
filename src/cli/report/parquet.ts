/** Writes tables as Apache Parquet: typed columns, compressed. Only one group of rows is in memory at a time. */
import type { Column } from '../../report/tables/column.ts'
import { withTable } from '../../report/tables/levels.ts'
import type { ResultLevel } from '../../report/text/reporter.ts'
import type { Result } from '../../result/schema.ts'
import { openOutputs } from '../../store/files/output-file.ts'
import type { Cell } from '../../text/csv.ts'

/** The number of rows that are compressed together; with long texts they take some megabytes of memory. */
const GROUP_ROWS = 2000

const TYPES = { text: 'STRING', flag: 'BOOLEAN', number: 'DOUBLE' } as const

/** Returns the table of a result as an Apache Parquet file, in parts; `level` says what a row stands for: the run, a second or a step. */
export function resultParquet(result: Result, level: ResultLevel): AsyncGenerator<Uint8Array> {
  return withTable(result, level, (columns, rows) => parquetParts(columns, rows))
}

/**
 * Writes the table of a result as an Apache Parquet file to `output`, or to stdout; `level` says what a row stands for: the run, a second or a step.
 * @throws LocalError
 */
export async function parquetReport(result: Result, level: ResultLevel, output: string | undefined): Promise<void> {
  if (output === undefined) for await (const part of resultParquet(result, level)) process.stdout.write(part)
  else await openOutputs([output]).write(output, resultParquet(result, level))
}

/** Yields the bytes of a table as an Apache Parquet file, in parts. All columns are nullable; all numbers are doubles. */
export async function* parquetParts<Row>(columns: readonly Column<Row>[], rows: Iterable<Row>): AsyncGenerator<Uint8Array> {
  const { ByteWriter, ParquetWriter, schemaFromColumnData } = await import('hyparquet-writer')
  const sink = new ByteWriter()
  const writer = new ParquetWriter({
    writer: sink,
    schema: schemaFromColumnData({ columnData: sourcesOf(columns, []) }),
    createdBy: 'burn',
  })
  const taken = () => {
    const bytes = sink.getBytes().slice()
    sink.index = 0
    return bytes
  }
  for (const group of groupsOf(rows)) {
    await writer.write({ columnData: sourcesOf(columns, group), rowGroupSize: GROUP_ROWS })
    yield taken()
    await new Promise(setImmediate)
  }
  await writer.finish()
  yield taken()
}

function sourcesOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]) {
  return columns.map(({ name, kind, of }) => ({
    name,
    type: TYPES[kind ?? 'number'],
    nullable: true,
    data: rows.map((row) => valueIn(of(row))),
  }))
}

/** Returns a value of the table; undefined for a number that is not finite, because such a number is not known. */
function valueIn(cell: Cell): Cell | undefined {
  return cell === null || (typeof cell === 'number' && !Number.isFinite(cell)) ? undefined : cell
}

function* groupsOf<Row>(rows: Iterable<Row>): Generator<Row[]> {
  let group: Row[] = []
  for (const row of rows) {
    group.push(row)
    if (group.length < GROUP_ROWS) continue
    yield group
    group = []
  }
  if (group.length > 0) yield group
}
