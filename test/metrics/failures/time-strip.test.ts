import { expect, test } from 'vitest'
import { ErrorGroups } from '../../../src/metrics/failures/error-groups.ts'
import { TimeStrip } from '../../../src/metrics/failures/time-strip.ts'
import { failedExchange } from '../exchanges.ts'

function stripOf(times: readonly number[]) {
  const strip = new TimeStrip()
  for (const time of times) strip.add(time)
  return strip.read()
}

test.each([
  ['none', [], 1000, []],
  ['one', [0], 1000, [1]],
  ['a few seconds', [0, 10, 999, 1000, 3500], 1000, [3, 1, 0, 1]],
  ['the last that fits', [0, 39_999], 1000, [1, ...Array<number>(38).fill(0), 1]],
  ['the first that does not', [0, 1500, 40_000], 2000, [2, ...Array<number>(19).fill(0), 1]],
  ['much later', [0, 1, 10_000_000], 256_000, [2, ...Array<number>(38).fill(0), 1]],
  ['before the first, by the clock of another', [0, -3], 1000, [2]],
])('%s', (_, times, widthMs, counts) => expect(stripOf(times)).toEqual({ widthMs, counts }))

test('every event is counted once, however long it goes on', () => {
  const { widthMs, counts } = stripOf(Array.from({ length: 5000 }, (_, at) => at * 997))
  expect(counts.reduce((all, count) => all + count, 0)).toBe(5000)
  expect(counts.length).toBeLessThanOrEqual(40)
  expect(counts.length * widthMs).toBeGreaterThan(4999 * 997)
})

test('groups of errors tell when theirs came, from the first of them on; a single one has its moment', () => {
  const groups = new ErrorGroups()
  for (const at of [5100, 5200, 7300]) groups.add(failedExchange('reset', 'reset', at), 'a')
  groups.add(failedExchange('refused', 'refused', 9000), 'a')
  expect(groups.toResult(100).map(({ firstMs, overTime }) => [firstMs, overTime])).toEqual([
    [5000, { widthMs: 1000, counts: [2, 0, 1] }],
    [8900, undefined],
  ])
})
