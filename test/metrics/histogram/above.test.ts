import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isAbove } from '../../../src/metrics/histogram/above.ts'
import { Histogram } from '../../../src/metrics/histogram/histogram.ts'

test('as many values are above a limit as a histogram of them counts', () => {
  const ms = fc.double({ min: 0, max: 5e6, noNaN: true })
  fc.assert(
    fc.property(fc.array(ms, { minLength: 1, maxLength: 50 }), fc.nat(), ms, (values, pick, other) => {
      const histogram = new Histogram('ms')
      for (const value of values) histogram.record(value)
      // A limit is a typical value or more, never below all of them.
      for (const limit of [Math.max(other, ...values.slice(0, 1)), values[pick % values.length] ?? 0])
        expect(values.filter((value) => isAbove(value, limit, 'ms'))).toHaveLength(histogram.countAbove(limit))
    }),
  )
})
