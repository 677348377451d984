import { expect, test } from 'vitest'
import { percentileBounds } from '../../../src/metrics/histogram/bounds.ts'
import { Histogram } from '../../../src/metrics/histogram/histogram.ts'
import { createRandom } from '../../../src/random.ts'
import { certifiedRanks } from '../../../src/statistics/certified.ts'
import { sorted } from '../../../src/statistics/spread.ts'

const PS = [5, 50, 90, 95, 99] as const

test('the precision of the buckets only widens bounds, by 0.1 % and a step at most', () => {
  const random = createRandom(3, 'bounds')
  for (const count of [11, 130, 700, 5000]) {
    const values = Array.from({ length: count }, () => 20 * Math.exp(random.normal(0, 1.5)))
    const histogram = new Histogram('ms')
    for (const value of values) histogram.record(value)
    const rising = sorted(values)
    const found = percentileBounds(histogram, PS)
    for (const [i, p] of PS.entries()) {
      const ranks = certifiedRanks(count, p)
      const [bounds, low = 0, high = 0] = [found[i], rising[(ranks?.low ?? 0) - 1], rising[(ranks?.high ?? 0) - 1]]
      expect(bounds === undefined).toBe(ranks === undefined)
      if (!bounds) continue
      expect(bounds.low).toBeLessThanOrEqual(low + 0.001)
      expect(bounds.high).toBeGreaterThanOrEqual(high - 0.001)
      expect([low / bounds.low - 1, bounds.high / high - 1].every((off) => off < 0.0011)).toBe(true)
    }
  }
})

test('the ends of all samples bound nothing, and nothing is certain of none', () => {
  const histogram = new Histogram('ms')
  expect(percentileBounds(histogram, [50])).toEqual([undefined])
  for (let value = 1; value <= 1000; value += 1) histogram.record(value)
  expect(percentileBounds(histogram, [0, 100])).toEqual([undefined, undefined])
})
