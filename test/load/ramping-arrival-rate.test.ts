import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rampCurve } from '../../src/load/timetable/curve.ts'
import { offsets, open } from './build.ts'

describe('ramping arrivals', () => {
  test('the number is the area under the line', () => {
    expect(offsets(open('ramping-arrival-rate', { rate: { from: '0/s', to: '100/s' }, for: '10s' }))).toHaveLength(500)
    expect(offsets(open('ramping-arrival-rate', { rate: { from: '100/s', to: '0/s' }, for: '10s' }))).toHaveLength(500)
    expect(offsets(open('ramping-arrival-rate', { rate: { from: '50/s', to: '50/s' }, for: '10s' }))).toHaveLength(500)
  })

  test('arrivals lie as close as the rate at their time', () => {
    const load = open('ramping-arrival-rate', { rate: { from: '10/s', to: '110/s' }, for: '10s' })
    const all = offsets(load)
    for (const second of [1, 5, 9]) {
      const count = all.filter((offset) => offset >= second * 1000 - 500 && offset < second * 1000 + 500).length
      expect(Math.abs(count - load.rateAt(second * 1000))).toBeLessThanOrEqual(1)
    }
  })

  test('a ramp of a constant rate begins where the phase before ended', () => {
    const load = open('constant-arrival-rate', { rate: '100/s', for: '10s', ramp: '4s' }, { users: 0, ratePerSecond: 20 })
    expect([0, 2000, 4000, 9000].map((at) => load.rateAt(at))).toEqual([20, 60, 100, 100])
    expect(offsets(load)).toHaveLength(240 + 600)
  })

  test('offsets never fall and stay within the phase, whatever the line; their number is the area', () => {
    const rate = fc.double({ min: 0, max: 200, noNaN: true })
    fc.assert(
      fc.property(rate, rate, fc.integer({ min: 100, max: 5000 }), (from, to, length) => {
        const curve = rampCurve(from, to, length)
        const area = ((from + to) / 2) * (length / 1000)
        let before = -1
        for (let n = 0; n < Math.ceil(area - 1e-6); n += 1) {
          const at = curve.timeOf(n)
          expect(at).toBeGreaterThanOrEqual(before)
          expect(at).toBeLessThanOrEqual(length + 1e-6)
          before = at
        }
      }),
      { numRuns: 200 },
    )
  })
})
