/** The part of a load that one of several processes makes. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadOfShare } from '../../../src/engine/share/load-of-share.ts'
import type { ClosedLoad, OpenLoad } from '../../../src/load/executor.ts'
import { shapes } from '../../../src/load/index.ts'
import { build, offsets, open } from '../../load/build.ts'
import { kolmogorovSmirnov, variation } from '../../load/statistics.ts'

const COUNTS = [1, 2, 3, 7]
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index)
const sharesOf = (count: number) => upTo(count).map((index) => ({ index, count }))
const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0)

/** The fields of a phase of each shape, drawn. */
const users = fc.integer({ min: 1, max: 40 })
const perSecond = (from: number) => fc.integer({ min: from, max: 40 }).map((rate) => `${rate}/s`)
const length = fc.integer({ min: 1, max: 20 }).map((seconds) => `${seconds}s`)
/** A trace is shared by sessions: its test stands beside those of its formats. */
const SHAPES = shapes.filter(({ name }) => name !== 'trace')
const FIELDS: Readonly<Record<Exclude<(typeof shapes)[number]['name'], 'trace'>, fc.Arbitrary<object>>> = {
  'constant-vus': fc.record({ users, for: length }),
  'ramping-vus': fc.record({ users: fc.record({ from: users, to: users }), for: length }),
  'stairs-vus': fc.record({ users: fc.record({ from: users, step: users, to: fc.constant(60), every: length }) }),
  'sine-vus': fc.record({
    users: fc.record({ mean: fc.constant(20), amplitude: fc.integer({ min: 1, max: 20 }), period: length }),
    for: length,
  }),
  'shared-iterations': fc.record({ iterations: fc.integer({ min: 1, max: 200 }), users }),
  'per-user-iterations': fc.record({ iterationsPerUser: fc.integer({ min: 1, max: 9 }), users }),
  pause: fc.record({ pause: length }),
  'constant-arrival-rate': fc.record({ rate: perSecond(1), for: length }),
  'ramping-arrival-rate': fc.record({ rate: fc.record({ from: perSecond(0), to: perSecond(1) }), for: length }),
  'stairs-arrival-rate': fc.record({
    rate: fc.record({ from: perSecond(1), step: perSecond(1), to: fc.constant('60/s'), every: length }),
  }),
  'sine-arrival-rate': fc.record({
    rate: fc.record({ mean: fc.constant('40/s'), amplitude: perSecond(1), period: length }),
    for: length,
  }),
  'burst-arrival-rate': fc.constant({ rate: { base: '3/s', burst: '50/s', every: '4s', for: '1s' }, for: '20s' }),
}
const ARRIVALS = fc.constantFrom('constant', 'poisson', { gamma: { shape: 0.3 } }, { gamma: { shape: 5 } })
const LIMITS = fc.constantFrom({}, { maxUsers: 1 }, { maxUsers: 5 }, { maxUsers: 300, whenFull: 'drop' })

const isOpen = (name: string) => name.includes('arrival')

describe.each(SHAPES.map(({ name }) => name))('%s', (name) => {
  const fields = FIELDS[name] ?? fc.constant({})

  test.runIf(isOpen(name))('every arrival belongs to one share, and keeps its time', () => {
    fc.assert(
      fc.property(fields, ARRIVALS, LIMITS, fc.constantFrom(...COUNTS), fc.nat(20), (drawn, arrivals, limits, count, before) => {
        const whole = open(name, { ...drawn, arrivals, ...limits })
        const parts = sharesOf(count).map((share) => loadOfShare(whole, share, before) as OpenLoad)
        const times = parts.map((part) => offsets(part))
        expect(times.flat().toSorted((a, b) => a - b)).toEqual(offsets(whole))
        expect(sum(parts.map(({ maxUsers }) => maxUsers))).toBe(whole.maxUsers)
        expect(times.every((own, index) => own.length === 0 || (parts[index]?.maxUsers ?? 0) > 0)).toBe(true)
        for (const at of [0, whole.lengthMs / 3, whole.lengthMs]) {
          expect(sum(parts.map((part) => part.countAt(at)))).toBeCloseTo(whole.countAt(at), 6)
          expect(sum(parts.map((part) => part.rateAt(at)))).toBeCloseTo(whole.rateAt(at), 6)
        }
      }),
    )
  })

  test.runIf(!isOpen(name))('every user and iteration belongs to one share, and begins where it would', () => {
    fc.assert(
      fc.property(fields, fc.constantFrom(...COUNTS), fc.nat(20), (drawn, count, before) => {
        const whole = build(name, drawn) as ClosedLoad
        const parts = sharesOf(count).map((share) => loadOfShare(whole, share, before) as ClosedLoad)
        for (let ms = 0; ms < 20_000; ms += 777) expect(sum(parts.map((part) => part.usersAt(ms)))).toBe(whole.usersAt(ms))
        expect(sum(parts.map(({ maxUsers }) => maxUsers))).toBe(whole.maxUsers)
        const begins = parts.flatMap((part) => upTo(part.maxUsers).map((rank) => part.beginsAfter(rank)))
        expect(begins.toSorted((a, b) => a - b)).toEqual(upTo(whole.maxUsers).map((rank) => whole.beginsAfter(rank)))
        expect(parts.every(({ sharedIterations, maxUsers }) => !sharedIterations || maxUsers > 0)).toBe(true)
        if (whole.sharedIterations !== undefined)
          expect(sum(parts.map(({ sharedIterations = 0 }) => sharedIterations))).toBe(whole.sharedIterations)
        expect(parts.map(({ iterationsPerUser, lengthMs }) => [iterationsPerUser, lengthMs])).toEqual(
          parts.map(() => [whole.iterationsPerUser, whole.lengthMs]),
        )
      }),
    )
  })
})

test.each(['poisson', { gamma: { shape: 0.25 } }, { gamma: { shape: 6 } }])(
  'the gaps between own arrivals (%j) follow the distribution that the share says',
  (arrivals) => {
    const whole = open('ramping-arrival-rate', { rate: { from: '1/s', to: '900/s' }, for: '100s', arrivals })
    const part = loadOfShare(whole, { index: 1, count: 3 }, 0) as OpenLoad
    const counts = offsets(part).map((time) => part.countAt(time))
    const gaps = counts.slice(1).map((at, i) => at - (counts[i] ?? 0))
    const { shareBelow, variation: planned } = part.process
    if (!shareBelow) throw new Error('the share has no distribution')
    const { distance, critical } = kolmogorovSmirnov(gaps, shareBelow)
    expect(distance).toBeLessThan(critical)
    expect(variation(gaps)).toBeCloseTo(planned, 1)
    // The criterion notices the distribution of the whole.
    expect(kolmogorovSmirnov(gaps, whole.process.shareBelow ?? (() => 0)).distance).toBeGreaterThan(2 * critical)
  },
)
