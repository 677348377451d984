/** The table of iterations: the attempts of each walk of a user, put together. */
import { expect, test } from 'vitest'
import { iterationColumns, iterationsIn } from '../../../src/cli/report/iterations.ts'
import type { JournalEntry } from '../../../src/store/journal/entry.ts'
import { entry } from '../../store/entries.ts'
import { readCsv } from '../../support/csv.ts'
import { chat, Home, mockFor, OUT } from '../harness.ts'

/** What stands out in an attempt: here that it failed. */
const failed = ({ outcome }: JournalEntry) => (outcome === 'failed' ? ['failed'] : [])

const rowsOf = (entries: Iterable<JournalEntry>) =>
  [...iterationsIn(entries)].map((one) => Object.fromEntries(iterationColumns(failed).map(({ name, of }) => [name, of(one)])))

test('puts the attempts of an iteration together, those of other users between them', () => {
  const usage = { inputTokens: 10, outputTokens: 5, source: 'usage' }
  const rows = rowsOf([
    entry({ user: 0, iteration: 0, phase: '', step: 'setup' }),
    entry({ user: 0, iteration: 0, intendedAtMs: 1, endedAtMs: 100, usage, cost: 0.5 }),
    entry({ user: 1, iteration: 1, outcome: 'failed', failure: { class: 'reset', phase: 'body', message: 'x' } }),
    entry({ user: 0, iteration: 0, intendedAtMs: 100, endedAtMs: 400, attempt: 2, target: 'b', usage, cost: 0.25 }),
    entry({ user: 0, iteration: 2, outcome: 'cut', intendedAtMs: 500, endedAtMs: 501 }),
  ])
  expect(rows.map(({ user, iteration, attempts }) => [user, iteration, attempts])).toEqual([
    [0, 0, 2],
    [0, 2, 1],
    [1, 1, 1],
  ])
  expect(rows[0]).toMatchObject({
    targets: 'default b',
    intended_at_ms: 1,
    ended_at_ms: 400,
    retries: 1,
    ok: 2,
    failed: 0,
    failure_classes: null,
    response_time_mean_ms: 199.5,
    response_time_min_ms: 99,
    response_time_p50_ms: 99,
    response_time_max_ms: 300,
    input_tokens_sum: 20,
    cost_sum: 0.75,
    anomalies: null,
  })
  expect(rows[1]).toMatchObject({ cut: 1, response_time_p95_ms: null, input_tokens_sum: null, cost_sum: null })
  expect(rows[2]).toMatchObject({ failed: 1, failure_classes: 'reset', anomalies: 'failed' })
})

test('burn run --report csv:iteration has one row for each', async () => {
  const home = new Home()
  const mock = await mockFor()
  home.write('s.json', chat(mock.url, { load: [{ iterations: 7, users: 2 }] }))
  await home.call(['run', 's.json', ...OUT, '--report', 'csv:iteration'])
  const [head = [], ...rows] = readCsv(home.read('out/iterations.csv'))
  expect(head).toEqual(iterationColumns(failed).map(({ name }) => name))
  expect(rows).toHaveLength(home.result().iterations.completed)
  const attempts = rows.reduce((sum, row) => sum + Number(row[head.indexOf('attempts')]), 0)
  expect(attempts).toBe(home.result().total.counts.started)
  expect((await home.call(['report', 'out', '-f', 'csv', '--level', 'iteration'])).stdout).toBe(home.read('out/iterations.csv'))
})
