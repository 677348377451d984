/** The tables of a result: the same figures in CSV and in lines of JSON, under names that stay. */
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { csv, jsonl } from '../../../src/report/tables/tables.ts'
import { RESULT_LEVELS, type ResultLevel } from '../../../src/report/text/reporter.ts'
import type { Result } from '../../../src/result/schema.ts'
import { readCsv } from '../../support/csv.ts'
import { names, PLAIN } from '../every-report.ts'
import { HOSTILE, RESULTS } from '../results.ts'

const golden = (name: string) => join(import.meta.dirname, '..', '..', 'golden', name)
const csvOf = (result: Result, level: ResultLevel) => readCsv(csv.render(result, { ...PLAIN, level }))
const jsonOf = (result: Result, level: ResultLevel) =>
  jsonl
    .render(result, { ...PLAIN, level })
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, string | number | null>)

const every = RESULT_LEVELS.flatMap((level) => names.map((name) => [level, name] as const))

describe('every table', () => {
  test.each(RESULT_LEVELS)('of level %s has the columns that programs know', async (level) => {
    const [head = []] = csvOf(RESULTS.fine, level)
    expect(new Set(head).size).toBe(head.length)
    expect(head.filter((name) => !/^[a-z][a-z0-9_]*$/.test(name))).toEqual([])
    await expect(`${head.join('\n')}\n`).toMatchFileSnapshot(golden(`columns-${level}.txt`))
  })

  test.each(every)('of level %s has the same columns and cells in both formats: %s', (level, name) => {
    const [head = [], ...rows] = csvOf(RESULTS[name], level)
    expect(head).toEqual(csvOf(RESULTS.fine, level)[0])
    const objects = jsonOf(RESULTS[name], level)
    expect(objects.map((object) => Object.keys(object))).toEqual(rows.map(() => head))
    const numbers = objects.map((object) => Object.values(object).map((cell) => (typeof cell === 'number' ? String(cell) : cell)))
    const texts = numbers.map((cells, i) => cells.map((cell, j) => (typeof cell === 'number' ? rows[i]?.[j] : cell)))
    expect(rows.map((cells) => cells.map((cell) => cell === ''))).toEqual(
      texts.map((cells) => cells.map((cell) => cell === null || cell === '')),
    )
  })
})

/** A row by the names of its columns. */
function rowOf(result: Result, level: ResultLevel, index = 0): Record<string, string> {
  const [head = [], ...rows] = csvOf(result, level)
  return Object.fromEntries(head.map((name, i) => [name, rows[index]?.[i] ?? '']))
}

describe('what a table holds', () => {
  test('the run is one row: what it was, how it ended, and its figures', () => {
    expect(csvOf(RESULTS.thresholdFailed, 'run')).toHaveLength(2)
    expect(rowOf(RESULTS.thresholdFailed, 'run')).toMatchObject({
      run_id: '0198c0de-0000-7000-8000-000000000001',
      scenario: 'support-chat',
      verdict: 'failed',
      exit_code: '1',
      start_time: '2023-11-14T22:13:20.000Z',
      planned: '1210',
      failed: '6',
      response_time_p95_ms: '2900',
      ttft_p50_ms: '180',
      rate_per_second: '20',
      thresholds_failed: '2',
      connect_time_samples: '50',
      output_tokens_sum: '91380',
      cost_mean: '',
      connections_opened: '50',
      connections_failed: '2',
      connections_lost: '2',
      lost_in_flight: '1',
      reconnects: '1',
      iterations_failed: '6',
      iterations_expired: '2',
    })
  })

  test('each step is a row', () => {
    expect(csvOf(RESULTS.huge, 'step')).toHaveLength(61)
    expect(rowOf(RESULTS.fine, 'step', 1)).toMatchObject({ step: 'follow-up', ok: '600', response_time_p99_ms: '1800' })
  })

  test('each second is a row, with its length', () => {
    expect(csvOf(RESULTS.fine, 'second')).toHaveLength(7)
    expect(rowOf(RESULTS.fine, 'second', 2)).toMatchObject({
      at_ms: '30000',
      length_ms: '10000',
      ok: '20',
      ok_per_second: '2',
      response_time_p95_ms: '1900',
      ttft_p95_ms: '',
    })
  })

  test('a name that looks like a formula is a text', () => {
    const step = { ...RESULTS.fine.steps[0], name: '=HYPERLINK("http://x")' } as Result['steps'][number]
    expect(rowOf({ ...RESULTS.fine, steps: [step] }, 'step').step).toBe(`'=HYPERLINK("http://x")`)
    expect(jsonOf({ ...RESULTS.fine, steps: [step] }, 'step')[0]?.step).toBe('=HYPERLINK("http://x")')
  })

  test('hostile names lose nothing in lines of JSON', () => {
    expect(jsonOf(RESULTS.huge, 'step')[0]?.step).toBe(HOSTILE)
  })
})
