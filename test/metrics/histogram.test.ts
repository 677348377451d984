import { inflateSync } from 'node:zlib'
import fc from 'fast-check'
import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64 } from 'hdr-histogram-js'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../src/errors.ts'
import { Histogram, hasFewSamples, percentileRank } from '../../src/metrics/histogram/histogram.ts'

/** A small generator of its own, so that every run sees the same values. */
function logUniform(seed: number, count: number): number[] {
  let state = seed
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.round(Math.exp((state / 2 ** 32) * Math.log(3_600_000_000))) / 1000
  })
}

const of = (values: readonly number[], unit: Histogram['unit'] = 'ms') => {
  const histogram = new Histogram(unit)
  for (const value of values) histogram.record(value)
  return histogram
}

const nearestRank = (sorted: readonly number[], p: number) => sorted[percentileRank(sorted.length, p) - 1] ?? Number.NaN
const PERCENTILES = [0, 1, 25, 50, 75, 90, 95, 99, 99.9, 99.99, 100]

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

describe('merging and encoding', () => {
  const values = logUniform(7, 200_000)
  const one = of(values)
  const sorted = [...values].sort((a, b) => a - b)

  test('eight merged after encoding are one, at every percentile', () => {
    const parts = Array.from({ length: 8 }, (_, part) => of(values.filter((_, i) => i % 8 === part)))
    const merged = new Histogram('ms')
    for (const part of parts) merged.merge(Histogram.of(part.toDistribution()))
    for (const p of PERCENTILES) expect(merged.percentile(p)).toBe(one.percentile(p))
    expect([merged.count, merged.min, merged.max, merged.sum]).toEqual([one.count, one.min, one.max, one.sum])
    expect(merged.encode()).toBe(one.encode())
    for (const p of PERCENTILES) {
      const exact = nearestRank(sorted, p)
      expect(Math.abs((merged.percentile(p) ?? 0) - exact) / exact).toBeLessThanOrEqual(0.001)
    }
  })

  test('the JS library reads what is written here', () => {
    const read = decodeFromCompressedBase64(one.encode())
    expect([read.totalCount, read.numberOfSignificantValueDigits, read.highestTrackableValue]).toEqual([
      200_000, 3, 3_600_000_000,
    ])
    for (const p of [50, 95, 99.9]) expect(read.getValueAtPercentile(p) / 1000).toBe(one.percentile(p))
  })

  test('what the JS library writes is read here, its odd offset included', () => {
    const theirs = build({ highestTrackableValue: 3_600_000_000, numberOfSignificantValueDigits: 3, autoResize: false })
    for (const value of values.slice(0, 20_000)) theirs.recordValue(Math.round(value * 1000))
    const ours = Histogram.decode('ms', encodeIntoCompressedBase64(theirs))
    expect(ours.sparse().pairs).toEqual(of(values.slice(0, 20_000)).sparse().pairs)
    expect(ours.count).toBe(20_000)
  })

  test('begins like every V2 histogram and holds the values of the Java library', () => {
    expect(of([1]).encode()).toMatch(/^HISTFAAAA/)
    const block = inflateSync(Buffer.from(of([1]).encode(), 'base64').subarray(8))
    expect([block.readUInt32BE(0), block.readInt32BE(8), block.readInt32BE(12)]).toEqual([0x1c849313, 0, 3])
    expect([block.readBigInt64BE(16), block.readBigInt64BE(24), block.readDoubleBE(32)]).toEqual([1n, 3_600_000_000n, 1])
    // 1000 empty buckets: ZigZag 1999 = 0xcf 0x0f; then a count of 1: ZigZag 2.
    expect([...block.subarray(40)]).toEqual([0xcf, 0x0f, 2])
  })

  test('an empty one survives', () => {
    const empty = Histogram.decode('ms', new Histogram('ms').encode())
    expect([empty.count, empty.percentile(99)]).toEqual([0, null])
    expect(Histogram.of(new Histogram('tokens').toDistribution()).count).toBe(0)
  })

  test('a count above 2^31 survives', () => {
    const big = new Histogram('tokens')
    big.addSparse({ pairs: [5, 3_000_000_000], min: 5, max: 5, sumSteps: 15_000_000_000, refused: 0 })
    expect(Histogram.decode('tokens', big.encode()).sparse().pairs).toEqual([5, 3_000_000_000])
    expect(() => big.merge(big)).toThrow(InputError)
  })

  test('min, max and sum of a bare text are within 0.1 %', () => {
    const decoded = Histogram.decode('ms', one.encode())
    for (const [seen, exact] of [
      [decoded.min, one.min],
      [decoded.max, one.max],
      [decoded.sum, one.sum],
    ] as const) {
      expect(Math.abs((seen ?? 0) / (exact ?? 0) - 1)).toBeLessThanOrEqual(0.001)
    }
  })

  test('units do not mix', () => {
    expect(() => of([1], 'ms').merge(of([1], 'tokens'))).toThrow(InputError)
  })
})

describe('damage', () => {
  const text = of(logUniform(3, 200)).encode()

  test('a flipped bit is refused, or changes nothing (padding of the last block)', () => {
    const bytes = Buffer.from(text, 'base64')
    const original = Histogram.decode('ms', text).sparse().pairs
    let refused = 0
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      try {
        expect(Histogram.decode('ms', flipped.toString('base64')).sparse().pairs).toEqual(original)
      } catch (error) {
        expect(error).toBeInstanceOf(InputError)
        refused += 1
      }
    }
    expect(refused).toBeGreaterThanOrEqual(bytes.length * 8 - 8)
  })

  test.each([
    ['nothing', ''],
    ['other text', 'hello'],
    ['cut off', text.slice(0, -8)],
    ['more after its end', `${text.slice(0, -4)}AAAA${text.slice(-4)}`],
    ['a space inside', `${text.slice(0, 20)} ${text.slice(20)}`],
    ['a plain V1 cookie', 'HISTBAAAAAA='],
  ])('%s is refused', (_, damaged) => {
    expect(() => Histogram.decode('ms', damaged)).toThrow(InputError)
  })

  test('any text is read or refused, nothing else', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.base64String(),
          fc.uint8Array({ maxLength: 200 }).map((b) => Buffer.concat([Buffer.from('1c849314', 'hex'), b]).toString('base64')),
        ),
        (any) => {
          expect(() => Histogram.decode('ms', any)).toThrow(InputError)
        },
      ),
    )
  })

  test('other digits are refused', () => {
    const other = build({ highestTrackableValue: 3_600_000_000, numberOfSignificantValueDigits: 2 })
    other.recordValue(5)
    expect(() => Histogram.decode('ms', encodeIntoCompressedBase64(other))).toThrow(/other settings/)
  })

  test('a distribution whose histogram tells otherwise is refused', () => {
    const stored = of([1, 2, 3]).toDistribution()
    expect(() => Histogram.of({ ...stored, count: 4 })).toThrow(InputError)
    expect(() => Histogram.of({ ...stored, max: 9 })).toThrow(InputError)
    expect(() => Histogram.of({ ...stored, min: 0 })).toThrow(InputError)
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
    leftOut: 3,
    histogram: '',
  })
})
