/** Tables from the command line: beside the result of a run, and out of a stored one. */
import { describe, expect, test } from 'vitest'
import { ATTEMPT_ANOMALIES } from '../../../src/anomalies/kinds.ts'
import { readCsv } from '../../support/csv.ts'
import { chat, Home, mockFor, OUT } from '../harness.ts'

async function ran(...flags: string[]) {
  const home = new Home()
  const mock = await mockFor()
  home.write('s.json', chat(mock.url, { load: [{ iterations: 6, users: 2 }] }))
  const finished = await home.call(['run', 's.json', ...OUT, ...flags])
  return { home, ...finished }
}

const linesOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

describe('burn run --report', () => {
  test('writes each table to a file named after its rows, and lists it', async () => {
    const { home } = await ran('--report', 'csv,csv:run, jsonl:step,csv:second', '--log', 'none')
    const names = ['result.json', 'run.csv', 'seconds.csv', 'steps.jsonl']
    expect(home.files().filter((name) => name.startsWith('out/'))).toEqual(names.map((name) => `out/${name}`))
    expect(home.result().files).toEqual(
      expect.arrayContaining([
        { path: 'seconds.csv', holds: 'a row for each second' },
        { path: 'run.csv', holds: 'a row for the run' },
        { path: 'steps.jsonl', holds: 'a row for each step' },
      ]),
    )
    const [head = [], row = [], ...more] = readCsv(home.read('out/run.csv'))
    expect(more).toEqual([])
    expect(row[head.indexOf('ok')]).toBe(String(home.result().total.counts.ok))
    const started = readCsv(home.read('out/seconds.csv')).map((cells) => Number(cells[8]))
    expect(started.slice(1).reduce((sum, count) => sum + count, 0)).toBe(home.result().total.counts.started)
  })

  test('a table of attempts has a row for each, as the journal then keeps all', async () => {
    const { home } = await ran('--report', 'jsonl,csv:attempt')
    const rows = linesOf(home.read('out/attempts.jsonl'))
    expect(rows).toHaveLength(home.result().total.counts.started)
    const [head = [], ...cells] = readCsv(home.read('out/attempts.csv'))
    expect(cells).toHaveLength(rows.length)
    expect(rows.map((row) => Object.keys(row))).toEqual(rows.map(() => head))
    expect(rows[0]).toMatchObject({ outcome: 'ok', status: 200, output_tokens: 3, failure_class: null, checks_failed: 0 })
    const [first = {}] = rows
    // Each is a difference of two moments that are rounded to whole µs.
    const rounding = 0.002
    expect(Number(first.service_time_ms) + rounding).toBeGreaterThanOrEqual(Number(first.last_token_ms))
    expect(Number(first.last_token_ms) + rounding).toBeGreaterThanOrEqual(Number(first.ttft_ms))
    expect(home.result().files).toContainEqual({ path: 'attempts.csv', holds: 'a row for each attempt of sessions.jsonl' })
  })

  test('a table of attempts says which stand out, and why', async () => {
    const home = new Home()
    const mock = await mockFor({ emptyRate: 1 })
    home.write('s.json', chat(mock.url, { load: [{ iterations: 2, users: 1 }] }))
    await home.call(['run', 's.json', ...OUT, '--report', 'jsonl'])
    const rows = linesOf(home.read('out/attempts.jsonl'))
    expect(new Set(rows.map(({ anomalies }) => anomalies))).toEqual(new Set(['empty']))
  })

  test('what stands out in the attempts adds up to the totals, kind by kind', async () => {
    const home = new Home()
    const mock = await mockFor({ replies: 'repetitive', tokens: 60, emptyRate: 0.2, errorRate: 0.2 })
    const load = [
      { iterations: 3, users: 1, warmup: true },
      { iterations: 20, users: 4 },
    ]
    home.write('s.json', chat(mock.url, { load, steps: ['Hello', 'And then?', 'Really?'].map((message) => ({ message })) }))
    await home.call(['run', 's.json', ...OUT, '--report', 'jsonl,csv:run'])
    const kinds = linesOf(home.read('out/attempts.jsonl')).flatMap(({ anomalies }) => String(anomalies ?? '').split(' '))
    const { anomalies, anomaliesDetected, quality } = home.result()
    expect(quality?.leftOut).toBe(0)
    const countOf = (kind: string) => kinds.filter((one) => one === kind || one.startsWith(`${kind}:`)).length
    const counted = Object.entries(ATTEMPT_ANOMALIES).map(([flag, total]) => [total, countOf(flag)])
    expect(Object.fromEntries(counted)).toEqual(
      Object.fromEntries(counted.map(([total = '']) => [total, anomalies[total as 'slow']])),
    )
    for (const total of ['failed', 'empty', 'repeated', 'loops'] as const) expect(anomalies[total], total).toBeGreaterThan(0)
    const sum = counted.reduce((all, [, count]) => all + Number(count), 0)
    expect(anomaliesDetected).toBe(sum + (anomalies.bursts ?? 0) + (anomalies.drifts ?? 0))
    const [head = [], row = []] = readCsv(home.read('out/run.csv'))
    const cells = Object.keys(anomalies).map((kind) => [kind, Number(row[head.indexOf(`anomalies_${kind}`)])])
    expect(Object.fromEntries(cells)).toEqual(anomalies)
  })

  test('--log wins: a table of attempts holds those that the journal keeps', async () => {
    const { home } = await ran('--report', 'jsonl', '--log', 'errors')
    expect(home.read('out/attempts.jsonl')).toBe('')
  })

  test('a table of attempts without a journal is a mistake, and nothing is sent', async () => {
    const { code, stderr, home } = await ran('--report', 'jsonl', '--log', 'none')
    expect([code, home.files()]).toEqual([2, ['s.json']])
    expect(stderr).toMatch(/--report jsonl makes a row of each attempt.*--log none keeps none\n.*--report csv:step/)
  })

  test.each([
    ['csv:minute', /--report csv:minute: there is no such level\n.*one of run, second, step, iteration, attempt/],
    ['md:run', /--report md:run: md is no table and has no levels\n.*csv, jsonl, parquet have/],
    ['xls', /--report xls: there is no such format\n.*csv, jsonl/],
  ])('%s is a mistake, and nothing is sent', async (report, words) => {
    const { code, stderr, home } = await ran('--report', report)
    expect([code, home.files()]).toEqual([2, ['s.json']])
    expect(stderr).toMatch(words)
  })
})

describe('burn report --format csv and jsonl', () => {
  test('prints seconds, or what --level names', async () => {
    const { home } = await ran()
    const lines = async (...flags: string[]) => (await home.call(['report', 'out', ...flags])).stdout
    expect(readCsv(await lines('-f', 'csv'))).toHaveLength(1 + home.result().timeline.length)
    expect(readCsv(await lines('-f', 'csv', '--level', 'step'))).toHaveLength(1 + home.result().steps.length)
    expect(JSON.parse(await lines('-f', 'jsonl', '--level', 'run'))).toMatchObject({ run_id: home.result().runId, failed: 0 })
    await lines('-f', 'csv', '--level', 'run', '-o', 'mine.csv')
    expect(readCsv(home.read('mine.csv'))).toHaveLength(2)
  })

  test('prints attempts, and says which the journal left out', async () => {
    const { home } = await ran('--log', 'all')
    const all = await home.call(['report', 'out', '-f', 'jsonl'])
    expect([linesOf(all.stdout).length, all.stderr]).toEqual([home.result().total.counts.started, ''])
    const lines = home.read('out/sessions.jsonl').split('\n').slice(0, 3)
    home.write('out/sessions.jsonl', `${lines.join('\n')}\n`)
    const some = await home.call(['report', 'out/result.json', '-f', 'csv', '--level', 'attempt', '-o', 'a.csv'])
    expect(readCsv(home.read('a.csv'))).toHaveLength(3)
    const started = home.result().total.counts.started
    expect([some.code, some.stderr]).toEqual([
      0,
      `${started - 2} of ${started} attempts are not in the table: sessions.jsonl ends early\n`,
    ])
  })

  test.each([
    ['csv', 'attempt'],
    ['jsonl', 'iteration'],
    ['parquet', 'attempt'],
  ])('%s of a damaged journal has what can be read of it, and exits with 6 (%s)', async (format, level) => {
    const { home } = await ran('--log', 'all')
    const lines = home.read('out/sessions.jsonl').split('\n')
    home.write('out/sessions.jsonl', lines.toSpliced(3, 2, '{"user":1', 'nonsense').join('\n'))
    const { code, stderr } = await home.call(['report', 'out', '-f', format, '--level', level, '-o', 'table'])
    expect(code).toBe(6)
    expect(stderr).toMatch(
      /^2 of \d+ attempts are not in the table: sessions.jsonl is damaged\n.*out\/sessions.jsonl is damaged: 2 lines of it could not be read, the first is line 4\n/,
    )
    if (level === 'attempt' && format === 'csv') expect(readCsv(home.read('table'))).toHaveLength(1 + lines.length - 4)
    else expect(home.read('table').length).toBeGreaterThan(100)
  })

  test('of a run without a journal there are no attempts', async () => {
    const { home } = await ran('--log', 'none')
    const { code, stderr } = await home.call(['report', 'out', '-f', 'jsonl'])
    expect([code, stderr]).toEqual([6, expect.stringMatching(/out has no sessions.jsonl.*\n.*--log all.*--level/)])
    expect((await home.call(['report', 'out', '-f', 'jsonl', '--level', 'second'])).code).toBe(0)
  })

  test('setup and teardown are in the table, and in no total', async () => {
    const home = new Home()
    const mock = await mockFor()
    const setup = { steps: [{ name: 'prepare', message: 'ready?' }] }
    home.write('s.json', chat(mock.url, { load: [{ iterations: 2, users: 1 }], setup: setup.steps }))
    await home.call(['run', 's.json', ...OUT, '--log', 'all'])
    const { stdout, stderr } = await home.call(['report', 'out', '-f', 'jsonl'])
    const rows = linesOf(stdout)
    expect(rows.filter(({ phase }) => phase === '').map(({ step }) => step)).toEqual(['prepare'])
    expect([rows.length, stderr]).toEqual([home.result().total.counts.started + 1, ''])
  })

  test('--level is for tables', async () => {
    const { home } = await ran()
    const { code, stderr } = await home.call(['report', 'out', '--level', 'run'])
    expect([code, stderr]).toEqual([2, expect.stringContaining('--level run: console is no table')])
  })

  test('a CI runner obeys nothing that stands in a cell', async () => {
    const { home } = await ran()
    const result = { ...home.result(), scenarioName: 'a\n::error::b' }
    home.write('out/result.json', result)
    const args = ['report', 'out', '-f', 'csv', '--level', 'run']
    expect((await home.call(args, { env: { CI: 'true' } })).stdout).not.toContain('\n::error::')
    expect((await home.call(args)).stdout).toContain('a\n::error::b')
  })
})
