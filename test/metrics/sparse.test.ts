import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Histogram } from '../../src/metrics/histogram/histogram.ts'
import { mergeSparse, sparsePercentiles } from '../../src/metrics/histogram/sparse.ts'

const of = (values: readonly number[]) => {
  const histogram = new Histogram('ms')
  for (const value of values) histogram.record(value)
  return histogram
}
const PS = [0.1, 10, 50, 95, 99.9, 100]
/** From nothing to beyond the last bucket. */
const value = fc.oneof(
  fc.double({ min: 0, max: 3, noNaN: true }),
  fc.double({ min: 0, max: 10_000, noNaN: true }),
  fc.double({ min: 0, max: 4_000_000, noNaN: true }),
)
const values = fc.array(value, { maxLength: 60 })

test('percentiles of the compact form are those of the histogram', () => {
  fc.assert(
    fc.property(values, (all) => {
      const histogram = of(all)
      const expected = all.length === 0 ? [] : PS.map((p) => histogram.percentile(p))
      expect(sparsePercentiles(histogram.sparse(), PS)).toEqual(expected)
      expect(histogram.percentiles(PS)).toEqual(PS.map((p) => histogram.percentile(p)))
    }),
  )
})

test('merging two is recording both', () => {
  fc.assert(
    fc.property(values, values, (a, b) => {
      expect(mergeSparse(of(a).sparse(), of(b).sparse())).toEqual(of([...a, ...b]).sparse())
    }),
  )
})
