/** Load shapes are arithmetic: head counts and start offsets without a clock. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rampCurve } from '../../src/load/arrivals.ts'
import { rampUsers } from '../../src/load/closed.ts'
import type { ClosedLoad, Handover, Load, LoadShape, OpenLoad } from '../../src/load/executor.ts'
import { shapes } from '../../src/load/index.ts'
import { createRandom } from '../../src/random.ts'

const NOTHING: Handover = { users: 0, ratePerSecond: 0 }

function build(name: string, fields: object, before = NOTHING): Load {
  const shape = (shapes as readonly unknown[] as readonly LoadShape[]).find((candidate) => candidate.name === name)
  if (!shape) throw new Error(`there is no shape ${name}`)
  return shape.build(shape.fields.parse(fields), before)
}

const closed = (name: string, fields: object, before?: Handover) => build(name, fields, before) as ClosedLoad
const open = (name: string, fields: object, before?: Handover) => build(name, fields, before) as OpenLoad

function offsets(load: OpenLoad, seed = 'seed'): number[] {
  const all: number[] = []
  const arrivals = load.arrivals(createRandom(seed, 'arrivals', 0))
  for (let next = arrivals.next(); !next.done; next = arrivals.next()) all.push(next.value)
  return all
}

function statistics(values: readonly number[]): { mean: number; variation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  return { mean, variation: Math.sqrt(variance) / mean }
}

describe('constant arrivals', () => {
  test('1000/s for 20 s: 20,000, each exactly on its millisecond', () => {
    const all = offsets(open('constant-arrival-rate', { rate: '1000/s', for: '20s' }))
    expect(all).toHaveLength(20_000)
    for (const [n, offset] of all.entries()) expect(offset).toBeCloseTo(n, 9)
  })

  test('an odd rate keeps its number over a long time: no error adds up', () => {
    const all = offsets(open('constant-arrival-rate', { rate: '7/s', for: '1h' }))
    expect(all).toHaveLength(25_200)
    expect(all.at(-1)).toBeCloseTo((25_199 / 7) * 1000, 6)
  })

  test.each([
    ['1/s', '5s', 5],
    ['1/s', '5500ms', 6],
    ['90/m', '1m', 90],
    ['1000/h', '1h', 1000],
  ])('%s for %s are %i', (rate, length, count) => {
    expect(offsets(open('constant-arrival-rate', { rate, for: length }))).toHaveLength(count)
  })
})

describe('poisson arrivals, seed 7, n about 20,000', () => {
  const load = open('constant-arrival-rate', { rate: '1000/s', for: '20s', arrivals: 'poisson' })
  const all = offsets(load, '7')
  const gaps = all.map((offset, i) => offset - (all[i - 1] ?? 0))

  test('gaps have their mean within 2 %, and vary as much as it', () => {
    const { mean, variation } = statistics(gaps)
    expect(Math.abs(mean - 1)).toBeLessThan(0.02)
    expect(variation).toBeGreaterThan(0.97)
    expect(variation).toBeLessThan(1.03)
    expect(Math.abs(all.length - 20_000)).toBeLessThan(4 * Math.sqrt(20_000))
  })

  test('their distribution is exponential: e^−k of them are longer than k means', () => {
    for (const k of [0.5, 1, 2, 4]) {
      const share = gaps.filter((gap) => gap > k).length / gaps.length
      expect(Math.abs(share - Math.exp(-k))).toBeLessThan(0.012)
    }
  })

  test('the same seed gives the same offsets, another seed others', () => {
    expect(offsets(load, '7')).toEqual(all)
    expect(offsets(load, '8')).not.toEqual(all)
  })
})

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

test.each([
  [undefined, '10/s', 50],
  [undefined, '100/s', 500],
  [7, '100/s', 7],
])('maxUsers %s of %s is %i', (maxUsers, rate, expected) => {
  expect(open('constant-arrival-rate', { rate, for: '1s', ...(maxUsers ? { maxUsers } : {}) }).maxUsers).toBe(expected)
})

describe('head counts', () => {
  test.each([
    [0, 10, 1000, [0, 49, 50, 100, 500, 949, 950, 1000, 5000], [0, 0, 1, 1, 5, 9, 10, 10, 10]],
    [10, 0, 1000, [0, 50, 51, 100, 500, 950, 951, 1000], [10, 10, 9, 9, 5, 1, 0, 0]],
    [1, 2, 6000, [0, 2999, 3000, 6000], [1, 1, 2, 2]],
    [3, 3, 1000, [0, 500, 1000], [3, 3, 3]],
    [2, 8, 0, [0, 1], [8, 8]],
  ])('from %i to %i over %i ms', (from, to, over, times, counts) => {
    expect(times.map((at) => rampUsers(from, to, over, at))).toEqual(counts)
  })

  test.each([
    [0, 10, 50],
    [10, 0, 50],
    [3, 8, 55],
  ])('a ramp from %i to %i over 10 s is %i user-seconds', (from, to, expected) => {
    const sum = Array.from({ length: 10_000 }, (_, ms) => rampUsers(from, to, 10_000, ms + 0.5)).reduce((a, b) => a + b, 0)
    expect(sum / 1000).toBeCloseTo(expected, 1)
  })

  test('a ramp begins where the phase before ended', () => {
    const before = { users: 10, ratePerSecond: 0 }
    const load = closed('constant-vus', { users: 50, for: '2m', ramp: '20s' }, before)
    expect([0, 10_000, 20_000, 60_000].map((at) => load.usersAt(at))).toEqual([10, 30, 50, 50])
    expect(load.maxUsers).toBe(50)
    expect(closed('constant-vus', { users: 2, for: '1m', ramp: '1s' }, before).maxUsers).toBe(10)
    expect(closed('ramping-vus', { users: { to: 0 }, for: '10s' }, before).usersAt(5000)).toBe(5)
  })

  test('without a ramp all are there at once', () => {
    expect(closed('constant-vus', { users: 50, for: '2m' }, { users: 10, ratePerSecond: 0 }).usersAt(0)).toBe(50)
  })

  test('budgets', () => {
    expect(closed('shared-iterations', { iterations: 3, users: 10 })).toMatchObject({
      sharedIterations: 3,
      maxUsers: 3,
      lengthMs: undefined,
    })
    expect(closed('per-user-iterations', { iterationsPerUser: 4, users: 10, for: '5s' })).toMatchObject({
      iterationsPerUser: 4,
      maxUsers: 10,
      lengthMs: 5000,
    })
    expect(closed('pause', { pause: '3s' })).toMatchObject({ lengthMs: 3000, maxUsers: 0 })
  })
})
