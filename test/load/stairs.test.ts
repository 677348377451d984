import { expect, test } from 'vitest'
import type { ClosedLoad } from '../../src/load/executor.ts'
import { stairsArrivalRate, stairsVus } from '../../src/load/stairs.ts'
import { build, offsets, open } from './build.ts'

const rate = (fields: object, more: object = {}) => open('stairs-arrival-rate', { rate: fields, ...more })

test('each level holds its own count, exactly', () => {
  const load = rate({ from: '10/s', step: '15/s', to: '50/s', every: '2s' })
  const all = offsets(load)
  expect(load.lengthMs).toBe(8000)
  expect([0, 1, 2, 3].map((n) => all.filter((at) => Math.floor(at / 2000) === n).length)).toEqual([20, 50, 80, 100])
  expect([0, 1999, 2000, 4000, 6000, 7999].map((ms) => load.rateAt(ms))).toEqual([10, 10, 25, 40, 50, 50])
})

test('stairs go down as well, to nothing', () => {
  const load = rate({ from: '4/s', step: '2/s', to: '0/s', every: '1s' })
  expect(offsets(load)).toEqual([0, 250, 500, 750, 1000, 1500])
  expect(load.lengthMs).toBe(3000)
})

test('the last level stays until the phase is over', () => {
  const load = rate({ from: '1/s', step: '1/s', to: '2/s', every: '1s' }, { for: '5s' })
  expect(offsets(load)).toHaveLength(1 + 8)
  expect(load.peakPerSecond).toBe(2)
})

test('users stand on each level for its time', () => {
  const load = build('stairs-vus', { users: { from: 1, step: 3, to: 8, every: '1s' }, pace: '2/s' }) as ClosedLoad
  expect([0, 999, 1000, 2000, 3000, 3999, 4000, 9e9].map((ms) => load.usersAt(ms))).toEqual([1, 1, 4, 7, 8, 8, 8, 8])
  expect(load).toMatchObject({ lengthMs: 4000, maxUsers: 8, pacePerSecond: 2 })
  const down = build('stairs-vus', { users: { from: 5, step: 2, to: 0, every: '1s' }, for: '1m' }) as ClosedLoad
  expect([0, 1000, 2000, 3000].map((ms) => down.usersAt(ms))).toEqual([5, 3, 1, 0])
  expect(down).toMatchObject({ lengthMs: 60_000, maxUsers: 5 })
})

test.each([
  ['no step', { from: 5, step: 1, to: 5, every: '1s' }, {}, 'must differ from `from`'],
  ['too many levels', { from: 0, step: 1, to: 2000, every: '1s' }, {}, 'it gives 2001 levels'],
  ['too short a phase', { from: 0, step: 1, to: 9, every: '1s' }, { for: '9s' }, '10 levels take 10s'],
  ['no time', { from: 0, step: 1, to: 9, every: '0s' }, {}, 'longer than zero'],
])('%s is refused, for users and for rates', (_, users, more, message) => {
  const perSecond = { ...users, from: `${users.from}/s`, step: `${users.step}/s`, to: `${users.to}/s` }
  expect(stairsVus.fields.safeParse({ users, ...more }).error?.message).toContain(message)
  expect(stairsArrivalRate.fields.safeParse({ rate: perSecond, ...more }).error?.message).toContain(message)
})
