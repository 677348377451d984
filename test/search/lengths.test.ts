/** How long a measurement of a search is. */
import { expect, test } from 'vitest'
import { lengthsFor } from '../../src/search/lengths.ts'

test('a measurement is long enough for its samples, within reason, and warms up for two response times', () => {
  const lengths = { warmup: 30, point: 60, confirm: 600 }
  expect(lengthsFor(false, lengths, undefined)).toEqual({ warmup: 30, seconds: 60 })
  expect(lengthsFor(false, lengths, { perSecond: 1, needed: 200, p95: 20 })).toEqual({ warmup: 40, seconds: 200 })
  expect(lengthsFor(true, lengths, { perSecond: 10, needed: 200, p95: 1 })).toEqual({ warmup: 30, seconds: 600 })
  expect(lengthsFor(false, lengths, { perSecond: 0.001, needed: 1000, p95: 9000 })).toEqual({ warmup: 300, seconds: 600 })
})
