/** The values of a gauge over time. */
import { expect, test } from 'vitest'
import { GaugeValues } from '../../src/observe/gauge.ts'

test('a gauge of many values keeps its exact extremes and mean, and a bounded number of values', () => {
  const gauge = new GaugeValues()
  for (let i = 1; i <= 50_000; i += 1) gauge.take(i)
  expect([gauge.count, gauge.min, gauge.max, gauge.mean]).toEqual([50_000, 1, 50_000, 25_000.5])
  expect(Math.abs(gauge.percentile(95) - 47_500)).toBeLessThan(10)
  const few = new GaugeValues()
  for (const value of [3, 1, 2]) few.take(value)
  expect([few.percentile(50), few.percentile(95), few.percentile(0)]).toEqual([2, 3, 1])
})
