/** Parquet holds what the lines of JSON hold, in columns whose types are the same for every run. */
import { readFileSync } from 'node:fs'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { describe, expect, test } from 'vitest'
import { parquetParts, resultParquet } from '../../../src/cli/report/parquet.ts'
import type { Column } from '../../../src/report/tables/column.ts'
import { jsonl } from '../../../src/report/tables/tables.ts'
import { RESULT_LEVELS } from '../../../src/report/text/reporter.ts'
import { names, PLAIN } from '../../report/every-report.ts'
import { RESULTS } from '../../report/results.ts'
import { chat, Home, mockFor, OUT } from '../harness.ts'

/** All bytes of the parts, as the reader takes them. */
async function bytesOf(parts: AsyncIterable<Uint8Array>): Promise<ArrayBuffer> {
  const all: Uint8Array[] = []
  for await (const part of parts) all.push(part)
  return new Uint8Array(Buffer.concat(all)).buffer
}

const linesOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, string | number | boolean | null>)

/** Columns and their types. */
const typesIn = (file: ArrayBuffer) =>
  parquetMetadata(file)
    .schema.slice(1)
    .map(({ name, type, converted_type }) => [name, type, converted_type])

describe('a table of a result', () => {
  test.each(RESULT_LEVELS.flatMap((level) => names.map((name) => [level, name] as const)))(
    'of level %s is read back as its lines of JSON: %s',
    async (level, name) => {
      const file = await bytesOf(resultParquet(RESULTS[name], level))
      expect(typesIn(file)).toEqual(typesIn(await bytesOf(resultParquet(RESULTS.fine, level))))
      const expected = linesOf(jsonl.render(RESULTS[name], { ...PLAIN, level }))
      const read = await parquetReadObjects({ file })
      const close = (value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(15)) : value)
      expect(read.map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, close(value)])))).toEqual(
        // UTF-8 has no lone surrogates.
        expected.map((row) =>
          Object.fromEntries(
            Object.entries(row).map(([key, value]) => [key, typeof value === 'string' ? value.toWellFormed() : value]),
          ),
        ),
      )
    },
  )
})

test('a long table is written in groups, and the rows are asked for one by one', async () => {
  let asked = 0
  function* rows() {
    for (; asked < 5000; asked += 1) yield asked
  }
  const columns: Column<number>[] = [
    { name: 'n', of: (n) => n },
    { name: 'odd', kind: 'flag', of: (n) => n % 2 === 1 },
    { name: 'text', kind: 'text', of: (n) => (n % 3 === 0 ? null : `row ${n}`) },
  ]
  const parts = parquetParts(columns, rows())
  const first = await parts.next()
  expect(asked).toBeLessThan(2001)
  const rest: Uint8Array[] = [first.value ?? new Uint8Array()]
  for await (const part of parts) rest.push(part)
  const file = new Uint8Array(Buffer.concat(rest)).buffer
  expect(parquetMetadata(file).row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([2000, 2000, 1000])
  const read = await parquetReadObjects({ file })
  expect(read[4999]).toEqual({ n: 4999, odd: true, text: 'row 4999' })
  expect(read[3]).toEqual({ n: 3, odd: true, text: null })
})

describe('burn', () => {
  async function ran(...flags: string[]) {
    const home = new Home()
    const mock = await mockFor()
    home.write('s.json', chat(mock.url, { load: [{ iterations: 3, users: 1 }] }))
    return { home, ...(await home.call(['run', 's.json', ...OUT, ...flags])) }
  }
  const rowsIn = (home: Home, file: string) => parquetReadObjects({ file: new Uint8Array(readFileSync(home.file(file))).buffer })

  test('run --report parquet has a row for each attempt, as jsonl has', async () => {
    const { home } = await ran('--report', 'parquet,jsonl,parquet:run')
    expect(await rowsIn(home, 'out/attempts.parquet')).toEqual(linesOf(home.read('out/attempts.jsonl')))
    expect(await rowsIn(home, 'out/run.parquet')).toEqual([expect.objectContaining({ run_id: home.result().runId })])
  })

  test('report -f parquet writes a file, and bytes to a pipe', async () => {
    const { home } = await ran('--log', 'all')
    await home.call(['report', 'out', '-f', 'parquet', '-o', 'a.parquet'])
    await home.call(['report', 'out', '-f', 'parquet', '--level', 'step', '-o', 's.parquet'])
    expect(await rowsIn(home, 'a.parquet')).toHaveLength(home.result().total.counts.started)
    expect(await rowsIn(home, 's.parquet')).toHaveLength(home.result().steps.length)
    expect((await home.shell('$BURN report out -f parquet > piped.parquet')).code).toBe(0)
    expect(readFileSync(home.file('piped.parquet')).equals(readFileSync(home.file('a.parquet')))).toBe(true)
  })
})
