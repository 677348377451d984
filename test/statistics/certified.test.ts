import { expect, test } from 'vitest'
import { createRandom } from '../../src/random.ts'
import { certifiedRanks, certifiedSamples, UNCERTAINTY } from '../../src/statistics/certified.ts'
import { sorted } from '../../src/statistics/spread.ts'

test.each([
  [50, 11],
  [75, 24],
  [80, 31],
  [90, 64],
  [95, 130],
  [97, 219],
  [99, 662],
  [99.9, 6636],
  [99.99, 66_381],
])('p%d is certified from %d samples on', (p, samples) => {
  expect(certifiedSamples(p)).toBe(samples)
  expect(certifiedRanks(samples - 1, p)).toBeUndefined()
  expect(certifiedRanks(samples, p)).toMatchObject({ high: samples })
})

test('a low percentile needs as many as the high one that mirrors it', () => {
  expect(certifiedSamples(5)).toBe(certifiedSamples(95))
  expect(certifiedRanks(129, 5)).toBeUndefined()
  expect(certifiedRanks(130, 5)).toMatchObject({ low: 1 })
})

test('of 10,000 samples, the 77th highest bounds p99 from above', () => {
  expect(certifiedRanks(10_000, 99)?.high).toBe(10_000 - 77 + 1)
})

test('more confidence asks for more samples and gives wider bounds', () => {
  expect(certifiedSamples(99, UNCERTAINTY / 5)).toBeGreaterThan(certifiedSamples(99))
  const [usual, stricter] = [certifiedRanks(5000, 95), certifiedRanks(5000, 95, UNCERTAINTY / 5)]
  expect(stricter?.low).toBeLessThan(usual?.low ?? 0)
  expect(stricter?.high).toBeGreaterThan(usual?.high ?? Number.POSITIVE_INFINITY)
})

/** Samples whose true percentiles are known: a log-normal shape and one with two humps, both by their inverse distribution. */
const SHAPES = {
  exponential: (u: number) => -Math.log(1 - u),
  'two humps': (u: number) => (u < 0.9 ? 1 + u : 20 + 5 * u),
} as const

/** Draws of one case. A bound that holds with 99 % fails more than 41 times in 2,500 with a probability of 0.1 %. */
const DRAWS = 2500
const MOST_MISSES = 41

test.each([
  ['exponential', 50, 11],
  ['exponential', 50, 400],
  ['two humps', 90, 300],
  ['exponential', 95, 130],
  ['two humps', 95, 1000],
  ['exponential', 99, 700],
] as const)('%s p%d of %d samples: each bound holds as often as it says, over many seeds', (shape, p, n) => {
  const truth = SHAPES[shape](p / 100)
  const ranks = certifiedRanks(n, p)
  let [below, above] = [0, 0]
  for (let seed = 1; seed <= DRAWS; seed += 1) {
    const random = createRandom(seed, 'certified')
    const rising = sorted(Array.from({ length: n }, () => SHAPES[shape](random.next())))
    if ((rising[(ranks?.high ?? 0) - 1] ?? Number.NaN) < truth) below += 1
    if ((rising[(ranks?.low ?? 0) - 1] ?? Number.NaN) > truth) above += 1
  }
  expect(ranks).toBeDefined()
  expect(Math.max(below, above)).toBeLessThanOrEqual(MOST_MISSES)
})
