import { expect, test } from 'vitest'
import { compareCounts } from '../../src/statistics/counted.ts'
import { A, B, LARGE_A, LARGE_B } from './golden.ts'

test('golden value 16: two histograms of four buckets', () => {
  const found = compareCounts([10, 40, 30, 20], [5, 30, 40, 25])
  expect(found.uB).toBe(5775)
  expect(found.p).toBeCloseTo(0.0463656799, 9)
  expect(found.delta).toBeCloseTo(0.155, 12)
  expect(found.distance).toBeCloseTo(0.15, 12)
})

test('equal histograms do not differ', () => {
  expect(compareCounts([3, 4], [3, 4])).toMatchObject({ p: 1, delta: 0, distance: 0 })
})

/** Two samples as counts over all values that either has: buckets of one value lose nothing. */
function compareSamples(a: readonly number[], b: readonly number[]) {
  const values = [...new Set([...a, ...b])].sort((one, other) => one - other)
  const counts = (sample: readonly number[]) => values.map((value) => sample.filter((one) => one === value).length)
  return compareCounts(counts(a), counts(b))
}

const HELP_X = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
const HELP_Y = [1.15, 0.88, 0.9, 0.74, 1.21]

test.each([
  ['1', [6, 7, 8, 9, 10], [1, 2, 3, 4, 5], { uB: 0, delta: -1, p: 0.012185780355344813 }],
  ['2', [1, 2, 3, 4], [5, 6, 7, 8], { uB: 16, delta: 1 }],
  ['3', HELP_Y, HELP_X, { uB: 35, delta: 0.4 }],
  ['4', A, B, { uB: 100 - 14, delta: 0.72, p: 0.007284557, distance: 0.6 }],
  ['6, with ties', [100, 100, 110, 120, 130], [110, 120, 120, 140, 150], { uB: 25 - 5.5, p: 0.166607394 }],
  ['7, with many ties', LARGE_A, LARGE_B, { uB: 40_000 - 18_935, delta: 0.05325, p: 0.3571677188 }],
])('golden value %s: counts of single values are the samples themselves', (_, a, b, wanted) => {
  const found = compareSamples(a, b)
  for (const [name, value] of Object.entries(wanted)) expect(found[name as keyof typeof found]).toBeCloseTo(value, 9)
  const back = compareSamples(b, a)
  expect([back.delta, back.p, back.distance]).toEqual([
    expect.closeTo(-found.delta, 12),
    expect.closeTo(found.p, 12),
    found.distance,
  ])
})
