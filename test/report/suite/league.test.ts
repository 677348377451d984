import { expect, test } from 'vitest'
import { leagueLines } from '../../../src/report/suite/console.ts'
import { rankingText } from '../../../src/report/suite/league.ts'
import { makePen } from '../../../src/report/text/pen.ts'
import { RANKING_NAMES, RANKINGS, type RankedBy } from '../../../src/result/rankings.ts'
import { type SuiteTest, suiteResultSchema, withRanks } from '../../../src/result/suite.ts'
import { displayWidth } from '../../../src/text/display-width.ts'
import { allErrors, empty, fine, thresholdFailed } from '../results.ts'
import { resultAt, suiteOf, testFrom, unstarted } from './suites.ts'

const pen = (width = 200) => makePen({ color: false, width, unicode: true })
const ranks = (tests: readonly SuiteTest[], by: RankedBy = 'response_time p95') => withRanks(tests, by).map(({ rank }) => rank)
const lines = (tests: readonly SuiteTest[], width?: number) =>
  leagueLines(withRanks(tests, 'response_time p95'), 'response_time p95', pen(width))

test('the fastest stands first; those that did not pass stand last, without a rank', () => {
  const tests = [
    unstarted(1, 'later'),
    testFrom(2, 'nothing', empty),
    testFrom(3, 'slow', resultAt(9000)),
    testFrom(4, 'broken', thresholdFailed),
    testFrom(5, 'fast', fine),
  ]
  expect(ranks(tests)).toEqual([null, null, 2, null, 1])
  const rows = lines(tests).map((line) => line.trim().split(/\s{2,}/))
  expect(rows.slice(0, 6).map(([rank, name, verdict]) => [rank, name, verdict])).toEqual([
    ['rank', 'test', 'verdict'],
    ['1', 'fast', 'passed'],
    ['2', 'slow', 'passed'],
    ['–', 'later', 'not started'],
    ['–', 'nothing', 'could not test'],
    ['–', 'broken', 'failed'],
  ])
  expect(rows[6]).toEqual([
    expect.stringContaining('ranked by response_time p95, lowest first, of the tests that passed · 3 without'),
  ])
})

test('figures that are equal in three digits share a rank, and the next one is skipped', () => {
  const tests = [testFrom(1, 'a', resultAt(100.1)), testFrom(2, 'b', resultAt(100.2)), testFrom(3, 'c', resultAt(101.4))]
  expect(ranks(tests)).toEqual([1, 1, 3])
  const shown = lines(tests)
  expect(shown.slice(1, 4).map((line) => line.trim().split(' ')[0])).toEqual(['1=', '1=', '3'])
  expect(shown.join('\n')).toContain('= equal in three digits')
})

test('an invalid run or one where all failed has no rank, however fast it was', () => {
  const invalid = resultAt(1, { verdict: 'invalid', exitCode: 4 })
  expect(ranks([testFrom(1, 'a', invalid), testFrom(2, 'b', allErrors), testFrom(3, 'c', fine)])).toEqual([null, null, 1])
})

test('rates are ranked from the highest, costs only in one currency', () => {
  const priced = (perThousandSessions: number, currency: string) => ({
    ...resultAt(100, { throughputQps: perThousandSessions }),
    cost: {
      ...{ currency, total: 1, priced: 1, calls: 1, unpriced: 0, failed: 0, cut: 0, outside: 0 },
      ...{ perSuccess: 1, perThousandSessions },
    },
  })
  const same = [testFrom(1, 'a', priced(3, 'EUR')), testFrom(2, 'b', priced(2, 'EUR')), testFrom(3, 'c', fine)]
  expect(ranks(same, 'cost')).toEqual([null, null, null])
  expect(ranks(same.slice(0, 2), 'cost')).toEqual([2, 1])
  expect(ranks(same.slice(0, 2), 'rate')).toEqual([1, 2])
  const mixed = [testFrom(1, 'a', priced(3, 'EUR')), testFrom(2, 'b', priced(2, 'USD'))]
  expect(ranks(mixed, 'cost')).toEqual([null, null])
  expect(lines(same.slice(0, 2)).join('\n')).toContain('2 EUR')
  expect(rankingText(mixed, 'cost')).toBe('no ranks: no test that passed has a figure for cost of 1,000 iterations')
})

test.each(RANKING_NAMES)('%s is a figure of every test', (name) => {
  expect(testFrom(1, 'a', fine).figures).toHaveProperty(RANKINGS[name].figure)
})

test('columns stand below their heads, and a narrow terminal has fewer', () => {
  const wide = lines([testFrom(1, 'a', fine)]).slice(0, 2)
  expect(new Set(wide.map(displayWidth)).size).toBe(1)
  expect(wide[0]).toContain('p99')
  const narrow = lines([testFrom(1, 'a', fine)], 44).slice(0, 2)
  expect(narrow[0]).not.toContain('p99')
  expect(narrow[0]).toContain('p95')
  expect(Math.max(...narrow.map(displayWidth))).toBeLessThanOrEqual(44)
})

test('what a suite is written as fits its schema', () => {
  const suite = suiteOf([testFrom(1, 'a', fine), unstarted(2, 'b')])
  expect(suiteResultSchema.parse(JSON.parse(JSON.stringify(suite)))).toEqual(suite)
})
