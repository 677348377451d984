import { expect, test } from 'vitest'
import { logGamma, regularizedBeta } from '../../src/statistics/beta.ts'

test('the gamma function of whole numbers is a factorial', () => {
  expect(Math.exp(logGamma(11))).toBeCloseTo(3_628_800, 5)
  expect(Math.exp(logGamma(0.5)) ** 2).toBeCloseTo(Math.PI, 12)
})

test('the incomplete beta function of whole numbers is a sum of binomial terms', () => {
  // I_0.3(2, 3): at least 2 successes in 4 tries of probability 0.3
  expect(regularizedBeta(0.3, 2, 3)).toBeCloseTo(1 - 0.7 ** 4 - 4 * 0.3 * 0.7 ** 3, 14)
  expect([regularizedBeta(0, 2, 3), regularizedBeta(1, 2, 3)]).toEqual([0, 1])
})
