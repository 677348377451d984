import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../src/errors.ts'
import { hasFewSamples, percentileRank } from '../../src/metrics/histogram/bounds.ts'
import { Histogram } from '../../src/metrics/histogram/histogram.ts'
import { logUniform, nearestRank, of, PERCENTILES } from './histogram/samples.ts'

describe('recording', () => {
  test.each([Number.NaN, -1, -0.001, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300])(
    '%s is refused and counted',
    (value) => {
      const histogram = of([5, value])
      expect([histogram.count, histogram.refused, histogram.min, histogram.max]).toEqual([1, 1, 5, 5])
    },
  )

  test('an empty one has no values', () => {
    const empty = new Histogram('ms')
    expect([empty.count, empty.min, empty.max, empty.mean, empty.percentile(50), empty.sum]).toEqual([
      0,
      null,
      null,
      null,
      null,
      0,
    ])
  })

  test('zero is a value', () => {
    const histogram = of([0, 0, 10])
    expect([histogram.min, histogram.percentile(50), histogram.max, histogram.count]).toEqual([0, 0, 10, 3])
  })

  test('above an hour the exact max is kept aside', () => {
    const histogram = of([1, 7_200_000.5])
    expect([histogram.max, histogram.percentile(100), histogram.refused]).toEqual([7_200_000.5, 7_200_000.5, 0])
    expect(of([7_200_000, 7_300_000]).percentile(50)).toBe(7_200_000)
  })

  test('each unit keeps the steps that it needs', () => {
    expect(of([0.25], 'ms').percentile(50)).toBe(0.25)
    expect(of([20.504], 'tokens_per_second').percentile(50)).toBe(20.504)
    expect(of([2000], 'tokens').percentile(50)).toBe(2000)
    expect(of([3_000_000_000], 'bytes').percentile(50)).toBe(3_000_000_000)
  })

  test('reset forgets and can go on', () => {
    const histogram = of([1, 2, Number.NaN])
    histogram.reset()
    expect([histogram.count, histogram.refused, histogram.percentile(50), histogram.sparse().pairs]).toEqual([0, 0, null, []])
    histogram.record(7)
    expect([histogram.min, histogram.max, histogram.percentile(50), histogram.sum]).toEqual([7, 7, 7, 7])
  })
})

describe('percentiles', () => {
  test('off by at most 0.1 %, never outside min and max, never falling', () => {
    const value = fc.double({ min: 0.001, max: 3_600_000, noNaN: true })
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 200 }), (values) => {
        const histogram = of(values)
        const sorted = values.map((v) => Math.round(v * 1000) / 1000).sort((a, b) => a - b)
        let before = Number.NEGATIVE_INFINITY
        for (const p of PERCENTILES) {
          const seen = histogram.percentile(p) ?? Number.NaN
          const exact = nearestRank(sorted, p)
          expect(Math.abs(seen - exact)).toBeLessThanOrEqual(exact * 0.001 + 0.0005)
          expect(seen).toBeGreaterThanOrEqual(histogram.min ?? Number.NaN)
          expect(seen).toBeLessThanOrEqual(histogram.max ?? Number.NaN)
          expect(seen).toBeGreaterThanOrEqual(before)
          before = seen
        }
      }),
      { numRuns: 200 },
    )
  })

  test.each([
    [1, 50, 1],
    [3, 50, 2],
    [5, 25, 2],
    [100, 99, 99],
    [1000, 99.9, 999],
    [10_000, 99.9, 9990],
    [10, 0, 1],
    [10, 100, 10],
  ])('of %i samples p%f is the one of rank %i', (count, p, rank) => {
    expect(percentileRank(count, p)).toBe(rank)
  })

  test.each([
    [1000, 99, false],
    [999, 99, true],
    [10_000, 99.9, false],
    [9_999, 99.9, true],
    [20, 50, false],
    [19, 50, true],
    [1, 100, false],
    [1, 0, false],
  ])('%i samples are too few for p%f: %s', (count, p, few) => {
    expect(hasFewSamples(count, p)).toBe(few)
  })
})

describe('compact forms', () => {
  test('sparse holds only what is there, and adds back exactly', () => {
    const from = of([1, 1, 2.5, 7_200_000, Number.NaN])
    const sparse = from.sparse()
    expect(sparse.pairs.slice(0, 4)).toEqual([1000, 2, 2274, 1])
    const back = new Histogram('ms')
    back.addSparse(structuredClone(sparse))
    back.addSparse(sparse)
    expect([back.count, back.min, back.max, back.sum, back.refused]).toEqual([8, 1, 7_200_000, 2 * from.sum, 2])
  })

  test.each([[[-1, 1]], [[23_552, 1]], [[5, 0]], [[5, -1]], [[5]], [[1.5, 1]]])('pairs %j are refused', (pairs) => {
    expect(() => new Histogram('ms').addSparse({ pairs, min: 1, max: 1, sumSteps: 1, refused: 0 })).toThrow(InputError)
  })

  test('since gives what came later, and the parts are the whole', () => {
    const values = logUniform(11, 3000)
    const whole = new Histogram('ms')
    const seen = new Histogram('ms')
    for (let from = 0; from < values.length; from += 500) {
      for (const value of values.slice(from, from + 500)) whole.record(value)
      const news = whole.since(seen)
      const only = of(values.slice(from, from + 500))
      expect(news.pairs).toEqual(only.sparse().pairs)
      expect(Math.abs(news.max / (only.max ?? 0) - 1)).toBeLessThanOrEqual(0.001)
      expect(Math.abs(news.min / (only.min ?? 0) - 1)).toBeLessThanOrEqual(0.001)
      seen.addSparse(news)
    }
    expect([seen.count, seen.sum, seen.sparse().pairs]).toEqual([whole.count, whole.sum, whole.sparse().pairs])
    expect(whole.since(seen).pairs).toEqual([])
  })
})

test('the stored form', () => {
  const stored = of(Array.from({ length: 1000 }, (_, i) => i + 1)).toDistribution(3)
  expect({ ...stored, histogram: '' }).toEqual({
    unit: 'ms',
    count: 1000,
    min: 1,
    max: 1000,
    mean: 500.5,
    percentiles: { p50: 500.223, p75: 750.079, p90: 900.095, p95: 950.271, p99: 990.207, 'p99.9': 999.423 },
    fewSamples: ['p99.9'],
    bounds: {
      p50: { low: 461.824, high: 539.135 },
      p75: { low: 716.8, high: 783.359 },
      p90: { low: 875.52, high: 923.135 },
      p95: { low: 931.84, high: 967.167 },
      p99: { low: 980.992, high: 999.423 },
    },
    leftOut: 3,
    histogram: '',
  })
})
