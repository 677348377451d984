import { expect, test } from 'vitest'
import { compareCounts } from '../../src/statistics/counted.ts'

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
