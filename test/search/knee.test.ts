/** The knee of a curve of throughput and latency. */
import { expect, test } from 'vitest'
import { kneeOf } from '../../src/search/knee.ts'

test('the knee is where throughput ÷ latency is largest, if it lies within the curve', () => {
  const curve = [1, 2, 4, 8, 16, 32].map((load) => ({
    load,
    okPerSecond: Math.min(load, 8),
    p50Ms: load <= 8 ? 1000 : (load / 8) * 1000,
  }))
  expect(kneeOf(curve)).toBe(8)
  expect(kneeOf(curve.slice(0, 3))).toBeUndefined()
  expect(kneeOf([{ load: 1, okPerSecond: 1, p50Ms: null }])).toBeUndefined()
  // Two loads have ends alone, however often they were measured.
  expect(kneeOf([4, 4, 8, 8].map((load, i) => ({ load, okPerSecond: load, p50Ms: i === 1 ? 1000 : 4000 })))).toBeUndefined()
})
