import { expect, test } from 'vitest'
import { binomialCdf, binomialQuantile, quantileRanks } from '../../src/statistics/binomial.ts'

test.each([
  [100, 0.5, 40, 61, 0.9648],
  [1000, 0.95, 936, 964, 0.9581],
  [1000, 0.99, 983, 997, 0.97609],
  [368, 0.99, 360, 368, 0.96242],
])('golden value 11: of %d samples, the quantile %d lies between ranks %d and %d', (n, p, low, high, confidence) => {
  const found = quantileRanks(n, p)
  expect(found).toMatchObject({ low, high })
  expect(found.confidence).toBeCloseTo(confidence, 5)
})

test('golden value 11: nothing bounds the 99th percentile of 300 samples from above', () => {
  expect(quantileRanks(300, 0.99)).toMatchObject({ low: 293, high: undefined })
})

test('a quantile is the first number whose probability is enough', () => {
  for (const [q, n, p] of [
    [0.2, 10, 0.3],
    [0.9, 50, 0.02],
    [0.5, 7, 0.5],
  ] as const) {
    const k = binomialQuantile(q, n, p)
    expect(binomialCdf(k, n, p)).toBeGreaterThanOrEqual(q)
    expect(binomialCdf(k - 1, n, p)).toBeLessThan(q)
  }
})
