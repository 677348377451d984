/** Processes in words. */
import { expect, test } from 'vitest'
import { processFacts } from '../../../../src/report/text/beside/machine.ts'

test('of many processes the busiest are described', () => {
  const spread = { count: 1, min: 0, mean: 0, max: 0, p95: 0 }
  const processes = Array.from({ length: 7 }, (_, n) => {
    return { asked: 'x', pid: n, name: 'x', fromMs: 0, untilMs: 1, cpu: { ...spread, mean: n }, rssBytes: null }
  })
  const facts = processFacts({ processes })
  expect(facts.map((fact) => fact.slice(0, 5))).toEqual(['x (6)', 'x (5)', 'x (4)', 'x (3)', 'x (2)', '2 les'])
  expect(processFacts({ processes: [], processesUnlisted: [{ asked: 'x', processes: 1200 }] })).toEqual([
    'not watched: 1,200 more of x',
  ])
})
