import { describe, expect, test } from 'vitest'
import { type BucketLines, GrownBuckets, GrownCounter } from '../../src/observe/grown.ts'

const counterOf = (...replies: Record<string, number>[]) => {
  const counter = new GrownCounter()
  for (const [i, reply] of replies.entries()) counter.take(new Map(Object.entries(reply)), i === 0)
  return { delta: counter.delta, resets: counter.resets }
}

describe('a counter', () => {
  test.each([
    ['counts from the first reply', [{ a: 100 }, { a: 130 }, { a: 150 }], { delta: 50, resets: 0 }],
    ['that begins anew adds what it shows', [{ a: 100 }, { a: 130 }, { a: 7 }, { a: 9 }], { delta: 39, resets: 1 }],
    [
      'of several series, of which one begins anew',
      [
        { a: 5, b: 50 },
        { a: 6, b: 2 },
      ],
      { delta: 3, resets: 1 },
    ],
    ['whose series appears later, counts it from 0', [{ a: 5 }, { a: 5, b: 4 }], { delta: 4, resets: 0 }],
    ['whose series is missing for a while, goes on from there', [{ a: 5 }, {}, { a: 8 }], { delta: 3, resets: 0 }],
    [
      'with values that are none, passes them over',
      [{ a: 5 }, { a: Number.NaN }, { a: Number.POSITIVE_INFINITY }, { a: -1 }, { a: 6 }],
      { delta: 1, resets: 0 },
    ],
  ] as const)('%s', (_, replies, expected) => {
    expect(counterOf(...replies)).toEqual(expected)
  })
})

const INF = Number.POSITIVE_INFINITY
const lines = (buckets: Record<number, number>, sum: number, all: number): ReadonlyMap<string, BucketLines> =>
  new Map([
    [
      '',
      { buckets: new Map([...Object.entries(buckets).map(([le, n]) => [Number(le), n] as const), [INF, all]]), sum, count: all },
    ],
  ])

describe('a distribution', () => {
  const grown = (...replies: ReadonlyMap<string, BucketLines>[]) => {
    const buckets = new GrownBuckets()
    for (const [i, reply] of replies.entries()) buckets.take(reply, i === 0)
    return buckets
  }

  test('quantiles lie within their bucket, as far as their rank', () => {
    const buckets = grown(lines({ 100: 7, 200: 7, 400: 7 }, 350, 7), lines({ 100: 7, 200: 27, 400: 97 }, 29_350, 107))
    expect([buckets.count, buckets.mean]).toEqual([100, 290])
    // 20 of 100 up to 200, 90 up to 400: the median is 30 of the 70 samples behind 200.
    expect(buckets.quantile(0.5)).toEqual({ value: 200 + (200 * 30) / 70, from: 200, to: 400 })
    expect(buckets.quantile(0.1)).toEqual({ value: 150, from: 100, to: 200 })
    expect(buckets.quantile(0.95)).toEqual({ value: 400, from: 400, to: null })
    expect(buckets.quantile(1)).toEqual({ value: 400, from: 400, to: null })
  })

  test('one that begins anew adds what it shows, in each of its buckets', () => {
    const buckets = grown(lines({ 100: 50 }, 5000, 60), lines({ 100: 3 }, 900, 8))
    expect([buckets.count, buckets.sum, buckets.resets]).toEqual([8, 900, 1])
    expect(buckets.quantile(0.3)).toEqual({ value: 80, from: 0, to: 100 })
  })

  test('without samples there is nothing', () => {
    const buckets = grown(lines({ 100: 50 }, 5000, 60), lines({ 100: 50 }, 5000, 60))
    expect([buckets.count, buckets.mean, buckets.quantile(0.5)]).toEqual([0, null, null])
  })
})
