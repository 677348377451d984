import { expect, test } from 'vitest'
import { nearestRank } from '../../src/statistics/quantiles.ts'
import { sorted } from '../../src/statistics/spread.ts'
import { A, LARGE_A, LARGE_B } from './golden.ts'

test('golden value 12: the nearest ranks of ten values', () => {
  expect([0.5, 0.9, 0.95, 0.99].map((p) => nearestRank(sorted(A), p))).toEqual([102, 110, 120, 120])
})

test('golden value 7: nearest ranks of large samples', () => {
  const of = (values: readonly number[]) => [0.5, 0.95, 0.99].map((p) => nearestRank(sorted(values), p))
  expect(of(LARGE_A)).toEqual([150, 195, 199])
  expect(of(LARGE_B)).toEqual([153, 198, 202])
})

test('a rank that rounding lifts above a whole number stays where it is', () => {
  expect(
    nearestRank(
      Array.from({ length: 100 }, (_, i) => i + 1),
      0.07,
    ),
  ).toBe(7)
})

test('there is no quantile of nothing', () => {
  expect(nearestRank([], 0.5)).toBeNaN()
})
