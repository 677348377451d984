import { expect, test } from 'vitest'
import { normalCdf, normalDensity, normalQuantile } from '../../src/statistics/normal.ts'

test.each([
  [0, 0.5],
  [1, 0.841344746068543],
  [-1.96, 0.0249978951482204],
  [3.5, 0.999767370920964],
  [-6, 9.86587645037698e-10],
  [-20, 2.75362411860623e-89],
])('the probability of at most %d is %d', (z, p) => {
  expect(Math.abs(normalCdf(z) / p - 1)).toBeLessThan(1e-12)
})

test.each([
  [0.5, 0],
  [0.975, 1.95996398454005],
  [0.995, 2.5758293035489],
  [1e-9, -5.99780701500769],
])('the quantile of %d is %d', (p, z) => {
  expect(normalQuantile(p)).toBeCloseTo(z, 11)
})

test('a quantile is where the probability is', () => {
  for (let p = 0.001; p < 1; p += 0.017) expect(normalCdf(normalQuantile(p))).toBeCloseTo(p, 13)
})

test('there is no quantile of certainty', () => {
  expect(() => normalQuantile(1)).toThrow(RangeError)
  expect(normalDensity(0)).toBeCloseTo(0.398942280401433, 14)
})
