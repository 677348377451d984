/** A suite with `--workers`: each of its tests is made by several processes, also where tests run side by side. */
import { expect, test } from 'vitest'
import { chat, Home, mockFor } from '../harness.ts'

test.each(['1', '2'])('every test is the load of two processes (--parallel %s)', async (parallel) => {
  const home = new Home()
  const mock = await mockFor()
  const scenario = chat(mock.url, {
    load: [{ iterations: 21, users: 4 }],
    vars: { word: 'none' },
    steps: [{ message: '{{word}}', name: 'ask' }],
  })
  home.write('s.json', scenario)
  const tests = ['red', 'green'].map((word) => ({ scenario: 's.json', name: word, set: { 'vars.word': word } }))
  home.write('suite.json', { suite: 'both', tests })
  const flags = ['--workers', '2', '--parallel', parallel, '--out', 'out', '--log', 'all', '--allow-lag', '60s', '-q']
  const { code, stderr } = await home.call(['run', 'suite.json', ...flags])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(mock.stats().requests).toBe(42)
  for (const [number, word] of ['red', 'green'].entries()) {
    const folder = home.files().find((file) => file.includes(`${number + 1}-${word}`) && file.endsWith('result.json')) ?? ''
    const { shards, total } = home.result(folder.replace(/\/result\.json$/, ''))
    expect([shards?.merged.length, total.counts.ok]).toEqual([2, 21])
    const lines = home.read(folder.replace('result.json', 'sessions.jsonl')).trim().split('\n').slice(1)
    expect(lines.map((line) => JSON.parse(line).prompt)).toEqual(lines.map(() => word))
    expect(lines).toHaveLength(21)
  }
})
