import { expect, test } from 'vitest'
import { rankSumTest, shiftBetween } from '../../src/statistics/rank-sum.ts'
import { A, B, LARGE_A, LARGE_B } from './golden.ts'

test('golden value 1: five values below five others', () => {
  const found = rankSumTest([1, 2, 3, 4, 5], [6, 7, 8, 9, 10])
  expect(found).toMatchObject({ uA: 0, delta: 1 })
  expect(found.p).toBeCloseTo(0.007936507936507936, 15)
  expect(found.approximate).toBeCloseTo(0.012185780355344813, 12)
})

test('golden value 2: four values below four others', () => {
  expect(rankSumTest([1, 2, 3, 4], [5, 6, 7, 8]).p).toBeCloseTo(0.02857142857142857, 15)
})

test('golden value 3: samples of two sizes', () => {
  const x = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
  const y = [1.15, 0.88, 0.9, 0.74, 1.21]
  const found = rankSumTest(x, y)
  expect(found.uA).toBe(35)
  expect(found.greater).toBeCloseTo(0.1272061272, 10)
  expect(found.p).toBeCloseTo(0.2544122544, 10)
  expect(found.delta).toBeCloseTo(-0.4, 12)
  const { estimate, low, high, confidence } = shiftBetween(x, y)
  expect([estimate, low, high, confidence].map((v) => v.toFixed(5))).toEqual(['0.30500', '-0.15000', '0.76000', '0.96004'])
})

test('golden value 4: ten times of each side', () => {
  const found = rankSumTest(A, B)
  expect(found.uA).toBe(14)
  expect(found.p).toBeCloseTo(0.0051960423, 10)
  expect(found.approximate).toBeCloseTo(0.007284557, 10)
  expect(found.delta).toBeCloseTo(0.72, 12)
  const { estimate, low, high, confidence } = shiftBetween(B, A)
  expect({ estimate, low, high }).toEqual({ estimate: 10, low: 4, high: 18 })
  expect(confidence).toBeCloseTo(0.95674, 5)
})

test('golden value 6: equal values, counted over all orders', () => {
  const found = rankSumTest([100, 100, 110, 120, 130], [110, 120, 120, 140, 150])
  expect(found.uA).toBe(5.5)
  expect(found.p).toBeCloseTo(48 / 252, 12)
  expect(found.approximate).toBeCloseTo(0.166607394, 9)
})

test('golden value 7: large samples with many equal values', () => {
  const found = rankSumTest(LARGE_A, LARGE_B)
  expect(found).toMatchObject({ uA: 18_935, ties: 5772 })
  expect(found.p).toBeCloseTo(0.3571677188, 9)
  expect(found.delta).toBeCloseTo(0.05325, 12)
  expect(shiftBetween(LARGE_B, LARGE_A)).toMatchObject({ estimate: 3, low: -3, high: 9 })
})
