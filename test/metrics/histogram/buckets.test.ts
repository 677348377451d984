import fc from 'fast-check'
import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64 } from 'hdr-histogram-js'
import type { JsHistogram } from 'hdr-histogram-js/dist/JsHistogram.js'
import { expect, test } from 'vitest'
import { bucketOf, highestIn, lowestIn, middleOf } from '../../../src/metrics/histogram/buckets.ts'
import { BUCKETS, HIGHEST } from '../../../src/metrics/histogram/hdr-codec.ts'
import { Histogram } from '../../../src/metrics/histogram/histogram.ts'

const library = () =>
  build({ highestTrackableValue: HIGHEST, numberOfSignificantValueDigits: 3, autoResize: false }) as JsHistogram
/** As many small values as large ones: of each number of binary digits about the same. */
const steps = fc.tuple(fc.integer({ min: 0, max: 31 }), fc.double({ min: 0, max: 1, noNaN: true })).map(([bits, part]) => {
  return Math.min(HIGHEST, Math.floor(2 ** bits * (1 + part)) - 1)
})

test('every value is in the bucket of the HdrHistogram library', () => {
  const theirs = library()
  const edges = Array.from({ length: 32 }, (_, bits) => [2 ** bits - 1, 2 ** bits, 2 ** bits + 1]).flat()
  for (const value of [...edges.filter((edge) => edge <= HIGHEST), HIGHEST])
    expect(bucketOf(value)).toBe(theirs.countsArrayIndex(value))
  fc.assert(
    fc.property(steps, (value) => {
      expect(bucketOf(value)).toBe(theirs.countsArrayIndex(value))
    }),
  )
})

test('every bucket has the ends and the middle of the library', () => {
  const theirs = library()
  const differing = Array.from({ length: BUCKETS }, (_, index) => index).filter((index) => {
    const value = theirs.valueFromIndex(index)
    const ends = [value, theirs.medianEquivalentValue(value), theirs.highestEquivalentValue(value)]
    return [lowestIn(index), middleOf(index), highestIn(index)].some((end, i) => end !== ends[i])
  })
  expect(differing).toEqual([])
})

test('counts, percentiles and the stored text are those of the library', () => {
  fc.assert(
    fc.property(fc.array(steps, { minLength: 1, maxLength: 300 }), (values) => {
      const ours = new Histogram('tokens')
      const theirs = library()
      for (const value of values) {
        ours.record(value)
        theirs.recordValue(value)
      }
      for (const p of [1, 25, 50, 90, 99, 99.9])
        expect(ours.percentile(p)).toBe(Math.min(Math.max(theirs.getValueAtPercentile(p), ours.min ?? 0), ours.max ?? 0))
      expect(encodeIntoCompressedBase64(decodeFromCompressedBase64(ours.encode()))).toBe(encodeIntoCompressedBase64(theirs))
    }),
  )
})
