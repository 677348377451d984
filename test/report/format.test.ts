import { describe, expect, test } from 'vitest'
import { countsText } from '../../src/report/console/totals.ts'
import { formatNumber, formatPercentile, formatShare, formatValue } from '../../src/report/text/format.ts'
import { counts, distribution } from './results.ts'

describe('formatShare', () => {
  test.each([
    [0, '0%'],
    [1, '100%'],
    [0.5, '50%'],
    [0.1234, '12.3%'],
    [0.0123, '1.23%'],
    [0.985, '98.5%'],
    [0.99942, '99.94%'],
    [0.00001, '<0.01%'],
    [0.999999, '>99.99%'],
    [null, '–'],
    [Number.NaN, '–'],
  ])('%j is %j', (share, text) => expect(formatShare(share)).toBe(text))
})

test.each([
  [0, '0'],
  [0.4213, '0.421'],
  [19.84, '19.8'],
  [99.96, '100'],
  [1523.4, '1,523'],
  [Number.POSITIVE_INFINITY, '–'],
])('formatNumber of %j is %j', (value, text) => expect(formatNumber(value)).toBe(text))

test.each([
  [412.5, 'ms', '413ms'],
  [0.01, 'ratio', '1%'],
  [2048, 'bytes', '2 KiB'],
  [10, 'per_second', '10/s'],
  [55.5, 'tokens_per_second', '55.5 tok/s'],
  [120, 'tokens', '120'],
  [null, 'ms', '–'],
  [0, 'ms', '0ms'],
  [0.0001, 'ms', '0.0001ms'],
  [0.00123, 'ms', '0.0012ms'],
  [0.0049, 'ms', '0.0049ms'],
  [0.005, 'ms', '0.01ms'],
  [0.42, 'ms', '0.42ms'],
] as const)('formatValue of %j %s is %j', (value, unit, text) => expect(formatValue(value, unit)).toBe(text))

test('a percentile says when few samples stand behind it, and is never made up', () => {
  expect(formatPercentile(distribution(1, 2, 3000, 100), 'p99')).toBe('~3s')
  expect(formatPercentile(distribution(1, 2, 3000, 1000), 'p99')).toBe('3s')
  expect(formatPercentile(distribution(1, 2, 3), 'p42')).toBe('–')
  expect(formatPercentile(undefined, 'p50')).toBe('–')
})

test.each([
  [counts(1200), '1,200 planned, all ok'],
  [counts(0, 3), '3 planned = 3 failed'],
  [counts(0), '0 planned'],
])('what is zero is left out: %j', (of, text) => expect(countsText(of)).toBe(text))
