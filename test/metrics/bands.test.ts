import { expect, test } from 'vitest'
import { bandsOf, bandsSchema } from '../../src/metrics/bands.ts'
import { Histogram } from '../../src/metrics/histogram/histogram.ts'
import { bandsText } from '../../src/report/text/bands.ts'

function histogram(...values: readonly number[]): Histogram {
  const made = new Histogram('ms')
  for (const value of values) made.record(value)
  return made
}

test('attempts are counted in the band that their time lies in', () => {
  const bands = bandsOf(histogram(100, 4000, 8000, 30_000, 90_000, 90_000))
  expect(bands.map(({ name, untilMs, count }) => [name, untilMs, count])).toEqual([
    ['fast', 5000, 2],
    ['normal', 20_000, 1],
    ['slow', 60_000, 1],
    ['critical', null, 2],
  ])
  expect(bands.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12)
  expect(bandsText({ bands })).toBe(
    'fast 33.3% (up to 5s) · normal 16.7% (up to 20s) · slow 16.7% (up to 1m) · critical 33.3% (over 1m)',
  )
})

test('a limit is in its band', () => {
  expect(bandsOf(histogram(100, 200), { fast: 100, normal: 200, slow: 300 }).map(({ count }) => count)).toEqual([1, 1, 0, 0])
})

test('nothing is said without attempts, or when all lie in one band', () => {
  expect(bandsOf(histogram())).toEqual([])
  expect(bandsText({ bands: bandsOf(histogram(1, 2)) })).toBe('')
})

test('limits have to rise', () => {
  expect(bandsSchema.safeParse({ fast: '1s', normal: '2s', slow: '4s' }).data).toEqual({ fast: 1000, normal: 2000, slow: 4000 })
  expect(bandsSchema.safeParse({ fast: '2s', normal: '1s', slow: '4s' }).success).toBe(false)
})
