import { expect, test } from 'vitest'
import { createRandom } from '../../src/random.ts'
import { slopeOf } from '../../src/statistics/slope.ts'

const points = (values: readonly number[]) => values.map((value, at) => ({ at, value }))

test('a straight line has its slope, and no doubt', () => {
  expect(slopeOf(points([1, 3, 5, 7]))).toEqual({ slope: 2, low: 2, high: 2 })
})

test('the interval is that of the textbook: 5 points, 3 degrees of freedom', () => {
  // Residual sum of squares 0.8, sum of squares of the places 10, t(0.975, 3) = 3.182446.
  const { slope = 0, low = 0, high = 0 } = slopeOf(points([1, 1, 3, 3, 4])) ?? {}
  expect(slope).toBeCloseTo(0.8, 12)
  expect(high - slope).toBeCloseTo(3.182446 * Math.sqrt(0.8 / 3 / 10), 5)
  expect(slope - low).toBeCloseTo(high - slope, 12)
})

test('of noise around a line, 95 of 100 intervals hold its slope', () => {
  const random = createRandom('slope', 'noise')
  const held = Array.from({ length: 2000 }, () => {
    const { low = 0, high = 0 } = slopeOf(points(Array.from({ length: 12 }, (_, at) => 3 * at + random.normal(0, 5)))) ?? {}
    return low <= 3 && 3 <= high
  })
  expect(held.filter(Boolean).length / held.length).toBeCloseTo(0.95, 1.5)
})

test('too few points, and points at one place, have none', () => {
  expect(slopeOf(points([1, 2]))).toBeUndefined()
  expect(slopeOf([1, 2, 3].map((value) => ({ at: 1, value })))).toBeUndefined()
})
