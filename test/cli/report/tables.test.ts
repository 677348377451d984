/** Tables from the command line: beside the result of a run, and out of a stored one. */
import { describe, expect, test } from 'vitest'
import { readCsv } from '../../support/csv.ts'
import { chat, Home, mockFor, OUT } from '../harness.ts'

async function ran(...flags: string[]) {
  const home = new Home()
  const mock = await mockFor()
  home.write('s.json', chat(mock.url, { load: [{ iterations: 6, users: 2 }] }))
  const finished = await home.call(['run', 's.json', ...OUT, ...flags])
  return { home, ...finished }
}

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

  test.each([
    ['csv:minute', /--report csv:minute: there is no such level\n.*one of run, second, step/],
    ['md:run', /--report md:run: md is no table and has no levels\n.*csv and jsonl have/],
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
