import { expect, test } from 'vitest'
import type { ClosedLoad } from '../../src/load/executor.ts'
import { sineArrivalRate, sineVus } from '../../src/load/sine.ts'
import { build, offsets, open } from './build.ts'

test('each window holds the integral of the wave', () => {
  const load = open('sine-arrival-rate', { rate: { mean: '200/s', amplitude: '150/s', period: '10s' }, for: '1m' })
  const all = offsets(load)
  expect(all).toHaveLength(12_000)
  for (let from = 0; from < 60_000; from += 500) {
    const count = all.filter((at) => at >= from && at < from + 500).length
    expect(Math.abs(count - (load.countAt(from + 500) - load.countAt(from)))).toBeLessThanOrEqual(1)
  }
})

test('it begins at its mean, rises first, and never falls below zero', () => {
  const load = open('sine-arrival-rate', { rate: { mean: '20/s', amplitude: '20/s', period: '4s' }, for: '8s' })
  expect([0, 1000, 2000, 3000, 5000].map((ms) => Number(load.rateAt(ms).toFixed(9)))).toEqual([20, 40, 20, 0, 40])
  expect(load.peakPerSecond).toBe(40)
  expect(offsets(load)).toHaveLength(160)
})

test('users swing as the rate does', () => {
  const load = build('sine-vus', { users: { mean: 20, amplitude: 10, period: '4s' }, for: '1m' }) as ClosedLoad
  expect([0, 1000, 2000, 3000, 4000].map((ms) => load.usersAt(ms))).toEqual([20, 30, 20, 10, 20])
  expect(load).toMatchObject({ lengthMs: 60_000, maxUsers: 30 })
})

test.each([
  [{ mean: 5, amplitude: 6, period: '1s' }, 'must not be above the mean (5)'],
  [{ mean: 5, amplitude: 5, period: '0s' }, 'longer than zero'],
])('%j is refused, for users and for rates', (users, message) => {
  const rate = { ...users, mean: `${users.mean}/s`, amplitude: `${users.amplitude}/s` }
  expect(sineVus.fields.safeParse({ users, for: '9s' }).error?.message).toContain(message)
  expect(sineArrivalRate.fields.safeParse({ rate, for: '9s' }).error?.message).toContain(message)
})
