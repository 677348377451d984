import { describe, expect, test } from 'vitest'
import { rampUsers } from '../../src/load/closed.ts'
import type { ClosedLoad, Handover } from '../../src/load/executor.ts'
import { build } from './build.ts'

const closed = (name: string, fields: object, before?: Handover) => build(name, fields, before) as ClosedLoad

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
