import { expect, test } from 'vitest'
import { mean, median, medianDeviation, modifiedZ, variance } from '../../src/statistics/spread.ts'

const VALUES = [1, 1, 2, 2, 4, 6, 9]

test('golden value 18: a value far from the others', () => {
  expect(median(VALUES)).toBe(2)
  expect(medianDeviation(VALUES)).toBe(1)
  expect(modifiedZ(9, median(VALUES), medianDeviation(VALUES))).toBeCloseTo(4.7215, 10)
})

test('the median of an even number is in the middle', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(median([])).toBeNaN()
})

test('mean and variance', () => {
  expect(mean([1, 2, 3, 4])).toBe(2.5)
  expect(variance([1, 2, 3, 4])).toBeCloseTo(5 / 3, 14)
})
