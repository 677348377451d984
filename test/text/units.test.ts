import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  formatBytes,
  formatGrouped,
  formatMs,
  parseAmount,
  parseByteRate,
  parseCount,
  parseDuration,
  parsePercent,
  parseRate,
  parseSize,
} from '../../src/text/units.ts'

describe('parseDuration', () => {
  test.each([
    ['500ms', 500],
    ['1.5s', 1500],
    ['1m30s', 90_000],
    [' 2h ', 7_200_000],
    ['250us', 0.25],
    ['250µs', 0.25],
    ['24d', 24 * 86_400_000],
  ])('%j is %d ms', (text, ms) => expect(parseDuration(text)).toBe(ms))

  test.each(['', '5', 's', '5 s', '-1s', '1s2', '1.s', '.5s', '1e3s', '5S', '25d', '24d1ms'])('%j is none', (text) =>
    expect(parseDuration(text)).toBeUndefined(),
  )

  test('what is formatted reads back to within the half of its last digit', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 86_000_000, noNaN: true }), (ms) => {
        const back = parseDuration(formatMs(ms)) ?? Number.NaN
        expect(Math.abs(back - ms)).toBeLessThanOrEqual(Math.max(0.0051, ms * 0.0101))
      }),
    )
  })
})

test.each([
  ['20/s', 20],
  ['90 / m', 1.5],
  ['1k/s', 1000],
  ['1.1k/s', 1100],
  ['0.6 M/m', 10_000],
  ['1K/s', undefined],
  ['1k', undefined],
  ['1000/h', 1000 / 3600],
  ['0/s', 0],
  ['20', undefined],
  ['20/ms', undefined],
  ['/s', undefined],
])('the rate %j is %s a second', (text, perSecond) => {
  if (perSecond === undefined) expect(parseRate(text)).toBeUndefined()
  else expect(parseRate(text)).toBeCloseTo(perSecond, 12)
})

test.each([
  ['1B', 1],
  ['4KB', 4000],
  ['4KiB', 4096],
  ['1.5 MiB', 1_572_864],
  ['2GB', 2e9],
  ['4kb', undefined],
  ['4', undefined],
])('the size %j is %s bytes', (text, bytes) => expect(parseSize(text)).toBe(bytes))

test.each([
  ['7', 7],
  ['1e6', 1_000_000],
  ['1_000', 1000],
  ['10k', 10_000],
  ['1.1k', 1100],
  ['0.5M', 500_000],
  ['1000000', 1_000_000],
  ['1000001', undefined],
  ['0', undefined],
  ['1.5', undefined],
  ['1,000', undefined],
  ['1_', undefined],
  ['0x10', undefined],
  ['-1', undefined],
  ['10K', undefined],
  ['1e999', undefined],
  ['', undefined],
])('the count %j from 1 to a million is %s', (text, count) => expect(parseCount(text, 1, 1_000_000)).toBe(count))

test('an amount is read as a count is, and rounded', () => {
  expect(['1e6', '1_000', '100k', '1.5'].map(parseAmount)).toEqual([1_000_000, 1000, 100_000, 2])
})

test.each([
  ['100KiB/s', 102_400],
  [' 1 MB / s ', 1e6],
  ['100KiB', undefined],
  ['100/s', undefined],
  ['1KiB/m', undefined],
])('the bandwidth %j is %s bytes per second', (text, rate) => expect(parseByteRate(text)).toBe(rate))

test.each([
  ['5%', 0.05],
  [' 0.1 %', 0.001],
  ['100%', 1],
  ['5', undefined],
  ['-5%', undefined],
])('%j is a share of %s', (text, share) => expect(parsePercent(text)).toBe(share))

test.each([
  [0, '0ms'],
  [0.0004, '0.0004ms'],
  [0.42, '0.42ms'],
  [9.994, '9.99ms'],
  [9.995, '10ms'],
  [99.94, '99.9ms'],
  [999.4, '999ms'],
  [999.5, '1s'],
  [1350, '1.35s'],
  [59_994, '59.99s'],
  [59_995, '1m'],
  [125_000, '2m05s'],
  [3_599_600, '1h'],
  [3_720_000, '1h02m'],
  [90_000_000, '1d01h'],
  [-1350, '-1.35s'],
  [Number.NaN, '–'],
  [Number.POSITIVE_INFINITY, '–'],
])('%d ms reads %s', (ms, text) => expect(formatMs(ms)).toBe(text))

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1 KiB'],
  [1536, '1.5 KiB'],
  [20 * 1024 ** 2, '20 MiB'],
  [3000 * 1024 ** 4, '3000 TiB'],
])('%d bytes read %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text))

describe('formatGrouped', () => {
  test.each([
    [0, 0, '0'],
    [1234.5, 1, '1,234.5'],
    [1.005, 2, '1.01'],
    [0.5, 0, '1'],
    [-1234567.891, 2, '-1,234,567.89'],
    [1e-7, 6, '0'],
    [Number.NaN, 2, 'NaN'],
    [929872527278429.9, 1, '929,872,527,278,429.9'],
    [2 ** 70, 0, '1,180,591,620,717,411,300,000'],
  ])('%d with %i decimals: %s', (value, digits, text) => expect(formatGrouped(value, digits)).toBe(text))

  test('writes what Intl writes', () =>
    fc.assert(
      fc.property(fc.double(), fc.integer({ min: 0, max: 6 }), (value, digits) => {
        expect(formatGrouped(value, digits)).toBe(value.toLocaleString('en-US', { maximumFractionDigits: digits }))
      }),
    ))

  test('also for values of everyday size', () =>
    fc.assert(
      fc.property(fc.double({ min: -1e7, max: 1e7, noNaN: true }), fc.integer({ min: 0, max: 6 }), (value, digits) => {
        expect(formatGrouped(value, digits)).toBe(value.toLocaleString('en-US', { maximumFractionDigits: digits }))
      }),
    ))
})
