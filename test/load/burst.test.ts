import { expect, test } from 'vitest'
import { burstArrivalRate } from '../../src/load/burst.ts'
import { offsets, open } from './build.ts'

const bursts = (rate: object, length: string) => open('burst-arrival-rate', { rate, for: length })

/** Arrivals in each of the first seconds. */
const perSecond = (load: ReturnType<typeof bursts>) => {
  const all = offsets(load)
  return Array.from({ length: load.lengthMs / 1000 }, (_, s) => all.filter((at) => Math.floor(at / 1000) === s).length)
}

test('a burst begins at every multiple of its interval', () => {
  const load = bursts({ base: '2/s', burst: '30/s', every: '3s', for: '1s' }, '8s')
  expect(perSecond(load)).toEqual([2, 2, 2, 30, 2, 2, 30, 2])
  expect([0, 2999, 3000, 3999, 4000, 6000, 7000].map((ms) => load.rateAt(ms))).toEqual([2, 2, 30, 30, 2, 30, 2])
  expect(load.peakPerSecond).toBe(30)
})

test('no more bursts than it says', () => {
  const load = bursts({ base: '2/s', burst: '30/s', every: '3s', for: '1s', times: 1 }, '8s')
  expect(perSecond(load)).toEqual([2, 2, 2, 30, 2, 2, 2, 2])
  expect([load.rateAt(6500), load.countAt(8000)]).toEqual([2, 44])
})

test('nothing between them: the first of each is due at its beginning', () => {
  const load = bursts({ base: '0/s', burst: '2/s', every: '3s', for: '1s' }, '8s')
  expect(offsets(load)).toEqual([3000, 3500, 6000, 6500])
})

test('no error adds up over a week of bursts', () => {
  const load = bursts({ base: '0/s', burst: '7/s', every: '1m', for: '3s' }, '7d')
  const all = offsets(load)
  expect(all).toHaveLength((7 * 24 * 60 - 1) * 21)
  const planned = (n: number) => (Math.floor(n / 21) + 1) * 60_000 + ((n % 21) / 7) * 1000
  expect(all.filter((at, n) => !(Math.abs(at - planned(n)) < 5e-6))).toEqual([])
})

test('the time of a count is the inverse of the count, in every part', () => {
  const load = bursts({ base: '2/s', burst: '30/s', every: '3s', for: '1s', times: 2 }, '20s')
  for (const at of offsets(load)) expect(offsets(load)[Math.round(load.countAt(at))]).toBeCloseTo(at, 6)
})

test.each([
  [{ base: '9/s', burst: '9/s', every: '3s', for: '1s' }, '9s', 'must be above `base`'],
  [{ base: '1/s', burst: '9/s', every: '1s', for: '1s' }, '9s', 'must be shorter than `every`'],
  [{ base: '1/s', burst: '9/s', every: '9s', for: '1s' }, '9s', 'no burst ends before the phase does'],
  [{ base: '1/s', burst: '9/s', every: '3s', for: '1s', times: 3 }, '9s', '2 of 3 bursts end'],
  [{ base: '1/s', burst: '9/s', every: '0s', for: '1s' }, '9s', 'longer than zero'],
])('%j for %s is refused', (rate, length, message) => {
  expect(burstArrivalRate.fields.safeParse({ rate, for: length }).error?.message).toContain(message)
})
