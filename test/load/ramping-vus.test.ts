import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ClosedLoad } from '../../src/load/executor.ts'
import { rampingVus } from '../../src/load/ramping-vus.ts'

const build = (users: object, before = 0, more: object = {}) =>
  rampingVus.build(
    rampingVus.fields.parse({ users, for: '10s', ...more }),
    { users: before, ratePerSecond: 0 },
    '.',
  ) as ClosedLoad

test('begins with as many as it says, else as the phase before ended with', () => {
  expect(build({ from: 3, to: 8 }, 20).usersAt(0)).toBe(3)
  expect(build({ to: 8 }, 20).usersAt(0)).toBe(20)
  expect(build({ to: 8 }, 20).maxUsers).toBe(20)
  expect(build({ from: 0, to: 8 }, 20, { pace: '2/s' })).toMatchObject({ maxUsers: 8, lengthMs: 10_000, pacePerSecond: 2 })
})

test('never turns back, and stays between its ends', () => {
  const count = fc.nat(500)
  fc.assert(
    fc.property(count, count, fc.array(fc.nat(12_000), { minLength: 2, maxLength: 20 }), (from, to, times) => {
      const load = build({ from, to })
      const counts = times.sort((a, b) => a - b).map((ms) => load.usersAt(ms))
      expect(counts).toEqual(counts.toSorted((a, b) => (from <= to ? a - b : b - a)))
      expect(Math.max(...counts)).toBeLessThanOrEqual(load.maxUsers)
      expect(load.usersAt(10_000)).toBe(to)
    }),
  )
})
