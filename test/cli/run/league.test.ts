import { expect, test } from 'vitest'
import { leagueTable } from '../../../src/cli/run/league.ts'
import { displayWidth } from '../../../src/text/display-width.ts'
import { empty, fine } from '../../report/results.ts'

test('the fastest stands first, one without a reply last', () => {
  const { response_time: response } = fine.total.distributions
  if (!response) throw new Error('expected response times')
  const slower = { ...response, percentiles: { ...response.percentiles, p95: 1e6 } }
  const slow = { ...fine, total: { ...fine.total, distributions: { ...fine.total.distributions, response_time: slower } } }
  const lines = leagueTable([
    { ...empty, scenarioName: 'none' },
    { ...slow, scenarioName: 'slow' },
    { ...fine, scenarioName: 'fast' },
  ])
    .trim()
    .split('\n')
  expect(lines.slice(1).map((line) => line.split(' ')[0])).toEqual(['fast', 'slow', 'none'])
  expect(lines[3]).toContain('–')
})

test('columns stand below their heads', () => {
  const lines = leagueTable([{ ...fine, scenarioName: 'a' }])
    .split('\n')
    .filter((line) => line !== '')
  expect(lines).toHaveLength(2)
  expect(new Set(lines.map(displayWidth)).size).toBe(1)
})
