/** Delays of attempts. */
import { expect, test } from 'vitest'
import { drawn } from '../drawn.ts'

test('ranges are drawn from end to end, by the seed', () => {
  const delays = Array.from({ length: 500 }, (_, seed) => drawn({ delay: '100ms..200ms' }, seed))
  const times = delays.flatMap((one) => (one.does === 'delay' ? [one.ms] : []))
  expect(times).toHaveLength(500)
  expect(Math.min(...times)).toBeGreaterThanOrEqual(100)
  expect(Math.min(...times)).toBeLessThan(105)
  expect(Math.max(...times)).toBeLessThanOrEqual(200)
  expect(Math.max(...times)).toBeGreaterThan(195)
  expect(drawn({ delay: '100ms..200ms' }, 7)).toEqual(drawn({ delay: '100ms..200ms' }, 7))
})
