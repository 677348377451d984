/** A search on the terminal. */
import { expect, test } from 'vitest'
import { searchFormats } from '../../../src/report/search/index.ts'
import { FILE_OPTIONS } from '../../../src/report/text/reporter.ts'
import type { SearchResult } from '../../../src/result/search.ts'
import { search, tier } from './found.ts'

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
