import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { piecewise, type RateCurve, rampCurve, sineCurve } from '../../../src/load/timetable/curve.ts'

const CURVES: readonly (readonly [string, RateCurve, number])[] = [
  ['a constant rate', rampCurve(7, 7, 0), 60_000],
  ['a ramp up from nothing', rampCurve(0, 50, 10_000), 12_000],
  ['a ramp down to nothing', rampCurve(50, 0, 10_000), 10_000],
  ['a wave', sineCurve(20, 15, 1000), 10_000],
  ['a wave that touches zero', sineCurve(20, 20, 1000), 10_000],
  [
    'stretches, one without arrivals',
    piecewise([
      { lengthMs: 1000, from: 5, to: 5 },
      { lengthMs: 3000, from: 0, to: 0 },
      { lengthMs: 500, from: 10, to: 100 },
    ]),
    8000,
  ],
]

describe.each(CURVES)('%s', (_, curve, lengthMs) => {
  test('the count is the integral of the rate', () => {
    const steps = 100_000
    let sum = 0
    for (let i = 0; i < steps; i += 1) sum += (curve.rateAt(((i + 0.5) * lengthMs) / steps) * lengthMs) / steps / 1000
    expect(curve.countAt(lengthMs)).toBeCloseTo(sum, 2)
    expect(curve.countAt(0)).toBe(0)
  })

  test('the time of a count is the inverse of the count', () => {
    for (let count = 0.5; count < curve.countAt(lengthMs) - 1e-6; count += 0.37)
      expect(Math.abs(curve.countAt(curve.timeOf(count)) - count)).toBeLessThan(1e-9 * Math.max(1, count))
  })

  test('times never go back', () => {
    let before = 0
    for (let count = 0; count < curve.countAt(lengthMs) - 1e-6; count += 0.1) {
      const at = curve.timeOf(count)
      expect(at).toBeGreaterThanOrEqual(before)
      before = at
    }
  })
})

test('nothing is due while the rate is 0: an arrival at its edge belongs to what follows', () => {
  const curve = piecewise([
    { lengthMs: 1000, from: 5, to: 5 },
    { lengthMs: 3000, from: 0, to: 0 },
    { lengthMs: 1000, from: 2, to: 2 },
  ])
  expect([0, 4, 5, 6].map((count) => curve.timeOf(count))).toEqual([0, 800, 4000, 4500])
  expect(rampCurve(0, 0, 0).timeOf(0)).toBe(Number.POSITIVE_INFINITY)
})

test('a wave is as exact after a year as in its first period', () => {
  const curve = sineCurve(20, 20, 1000)
  const year = 365 * 24 * 3600
  fc.assert(
    fc.property(fc.double({ min: 0, max: 20, noNaN: true }), (count) => {
      expect(Math.abs(curve.timeOf(year * 20 + count) - curve.timeOf(count) - year * 1000)).toBeLessThan(1e-2)
    }),
  )
})
