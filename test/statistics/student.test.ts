import { expect, test } from 'vitest'
import { againstEarlier, tCdf, tQuantile, welch } from '../../src/statistics/student.ts'
import { A, B } from './golden.ts'

test.each([
  [0.975, 4, 2.77644510519779],
  [0.975, 1, 12.7062047361747],
  [0.9, 30, 1.3104150253914],
])('the quantile of %d with %d degrees of freedom is %d', (p, df, t) => {
  expect(tQuantile(p, df)).toBeCloseTo(t, 9)
  expect(tQuantile(1 - p, df)).toBeCloseTo(-t, 9)
  expect(tCdf(t, df)).toBeCloseTo(p, 12)
})

test('golden value 5: the ratio of two samples by their logarithms', () => {
  const found = welch(A.map(Math.log), B.map(Math.log))
  expect(found.t).toBeCloseTo(3.0727707502, 9)
  expect(found.df).toBeCloseTo(16.6263727105, 8)
  expect(found.p).toBeCloseTo(0.0070335883, 8)
  expect([found.difference, found.low, found.high].map(Math.exp).map((x) => x.toFixed(7))).toEqual([
    '1.1104450',
    '1.0332477',
    '1.1934100',
  ])
})

test('a new value is compared with how much earlier ones vary', () => {
  const { difference, t, df, p } = againstEarlier([10, 12, 11, 13, 9], 14.5)
  expect({ difference, df }).toEqual({ difference: 3.5, df: 4 })
  expect(t).toBeCloseTo(3.5 / Math.sqrt(2.5 * 1.2), 12)
  expect(p).toBeCloseTo(2 * tCdf(-t, 4), 12)
})

test('values that are all alike differ without doubt, or not at all', () => {
  expect(welch([1, 1], [2, 2])).toMatchObject({ difference: 1, low: 1, high: 1, p: 0 })
  expect(welch([1, 1], [1, 1])).toMatchObject({ difference: 0, p: 1 })
})

test('one value on a side cannot be tested', () => {
  expect(() => welch([1], [1, 2])).toThrow(RangeError)
  expect(() => againstEarlier([1], 2)).toThrow(RangeError)
})
