import { inflateSync } from 'node:zlib'
import fc from 'fast-check'
import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64 } from 'hdr-histogram-js'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../../src/errors.ts'
import { Histogram, type MadeDistributions } from '../../../src/metrics/histogram/histogram.ts'
import { logUniform, nearestRank, of, PERCENTILES } from './samples.ts'

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

test('in a result, histograms alike in all but their buckets have texts of their own, equal ones are made once', () => {
  const distributionOf = (values: readonly number[], made: MadeDistributions) => {
    const histogram = new Histogram('ms')
    for (const value of values) histogram.record(value)
    const distribution = histogram.toDistribution(0, made)
    expect(distribution.histogram).toBe(histogram.encode())
    expect(distribution.percentiles.p50).toBe(histogram.percentile(50))
    return distribution
  }
  const [even, odd] = [
    [1, 5, 5, 9],
    [1, 4, 6, 9],
  ]
  const one: MadeDistributions = new Map()
  expect(distributionOf(even, one).histogram).not.toBe(distributionOf(odd, one).histogram)
  const { percentiles } = distributionOf(even, one)
  expect(distributionOf(even, one).percentiles).toBe(percentiles)
  expect(distributionOf(even, new Map()).percentiles).not.toBe(percentiles)
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
