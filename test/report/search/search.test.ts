import { expect, test } from 'vitest'
import { pointLine, searchFormats } from '../../../src/report/search/index.ts'
import { FILE_OPTIONS } from '../../../src/report/text/reporter.ts'
import { type MeasuredPoint, type SearchResult, searchJsonSchema, searchResultSchema } from '../../../src/result/search.ts'
import { HOSTILE } from '../results.ts'

const point = (number: number, load: number, used: number, own: Partial<MeasuredPoint> = {}): MeasuredPoint => ({
  ...{ number, load, isLong: false, counts: true, warmupS: 30, seconds: 60, folder: `0${number}`, runId: 'r', startTime: 0 },
  ...{
    durationMs: 90_000,
    exitCode: used < 1 ? 0 : 1,
    verdict: 'passed',
    reason: 'all met',
    attempts: 600,
    okPerSecond: load * 2,
  },
  ...{ meanInFlight: load / 2, p50Ms: 80, p95Ms: 100 * load, errorRate: 0, cost: null, neededSeconds: 20 },
  tiers: [{ tier: 'thresholds', holds: used < 1, used, nearest: 'response_time p95 < 1s' }],
  ...own,
})
const tier = {
  ...{ name: 'thresholds', thresholds: ['response_time p95 < 1s'], ended: 'settled' as const, confirmed: 9 },
  ...{ estimate: { load: 9.5, low: 9.1, high: 9.9 }, failed: 12, nearest: 'response_time p95 < 1s' },
}
const search: SearchResult = {
  ...{ searchVersion: '1.0', searchId: 'a', search: 'chat', file: 'chat.yaml', scenarioHash: 'h', status: 'completed' },
  ...{ verdict: 'found', reason: 'holds 9 users', exitCode: 0, for: 'users', holds: null, from: 1, max: 100, precision: 0.05 },
  ...{ seed: 's', startTime: 0, durationMs: 360_000, cost: null, tiers: [tier], knee: 9 },
  points: [
    point(1, 1, 0),
    point(2, 12, 30),
    point(3, 9, 0.8, { isLong: true, seconds: 600 }),
    point(4, 10, 1, { counts: false }),
  ],
}

test('the terminal has the answer, the curve in the order of loads, and the knee', () => {
  expect(searchFormats.console(search, { ...FILE_OPTIONS, directory: 'out' })).toBe(`FOUND  chat · holds 9 users
  chat.yaml · 4 points · 6m of load · exit 0 · results in out

users           in flight  ok/s   p50    p95  errors  of the limit  measured  holds
1 user                0.5     2  80ms  100ms      0%            0%        1m  yes
9 users (knee)        4.5    18  80ms  900ms      0%           80%       10m  yes
10 users                5    20  80ms     1s      0%             –        1m  says nothing
12 users                6    24  80ms   1.2s      0%    over 2000%        1m  no

holds 9 users; the limit is estimated at 9.5 users (95 %: 9.1 to 9.9 users); first to fail:
response_time p95 < 1s, at 12 users
knee at 9 users: beyond it, more load buys more waiting than throughput
`)
})

test('one that was stopped says how it goes on, several sets are named, and a narrow terminal loses columns', () => {
  const two: SearchResult = {
    ...search,
    status: 'stopped',
    verdict: 'unconfirmed',
    tiers: [tier, { ...tier, name: 'free', confirmed: null }],
  }
  const text = searchFormats.console(two, { ...FILE_OPTIONS, directory: 'out', width: 60 })
  expect(text).toContain('the same command with --out out goes on')
  expect(text).toContain('free: no load is confirmed')
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60)
  expect(text).toContain('of the limit')
})

test('Markdown has the same table, and text from outside opens nothing', () => {
  expect(searchFormats.md(search)).toContain('| 9 users (knee) | 4.5 | 18 | 80ms | 900ms | 0% | 80% | 10m | yes |')
  const hostile: SearchResult = { ...search, search: HOSTILE, reason: HOSTILE, tiers: [{ ...tier, nearest: HOSTILE }] }
  for (const text of [searchFormats.md(hostile), searchFormats.console(hostile, FILE_OPTIONS), searchFormats.json(hostile)]) {
    expect(text).not.toContain('\u001b')
    expect(text).not.toMatch(/<script>alert/)
  }
})

test('JSON is what the schema says', () => {
  expect(searchResultSchema.parse(JSON.parse(searchFormats.json(search)))).toEqual(search)
  expect(searchJsonSchema()).toMatchObject({ title: 'burn search', type: 'object' })
})

test('the line of a point says whether it holds, and why one says nothing', () => {
  expect(pointLine(point(1, 9, 0.8), 'users')).toBe('9 users: holds, 80% of what is allowed is used (response_time p95 < 1s)')
  expect(pointLine(point(1, 12.5, 2, { counts: false }), 'rate')).toBe('12.5/s: says nothing: too few samples')
  expect(pointLine(point(1, 9, 2, { counts: false, exitCode: 4, reason: 'too late' }), 'users')).toBe(
    '9 users: says nothing: too late',
  )
})
