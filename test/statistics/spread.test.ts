import { expect, test } from 'vitest'
import { mean, median, serialCorrelation, variance } from '../../src/statistics/spread.ts'

test('the median of an even number is in the middle', () => {
  expect(median([9, 1, 2, 1, 2, 6, 4])).toBe(2)
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(median([])).toBeNaN()
})

test('mean and variance', () => {
  expect(mean([1, 2, 3, 4])).toBe(2.5)
  expect(variance([1, 2, 3, 4])).toBeCloseTo(5 / 3, 14)
})

test('neighbours that rise together are correlated, those that take turns the other way', () => {
  expect(serialCorrelation([1, 1, 1, 1, 5, 5, 5, 5])).toBeCloseTo(0.625, 10)
  expect(serialCorrelation([1, 5, 1, 5, 1, 5])).toBeCloseTo(-5 / 6, 10)
  expect(serialCorrelation([3, 3, 3])).toBe(0)
})
