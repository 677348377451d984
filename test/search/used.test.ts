import { expect, test } from 'vitest'
import { isDecided } from '../../src/search/ending.ts'
import { isUseless, nextOf } from '../../src/search/found.ts'
import { pointOf } from '../../src/search/measured.ts'
import { neededBy, usedOf } from '../../src/search/used.ts'
import { planned, point, result, threshold } from './points.ts'

test.each([
  ['response_time p95 < 90ms', 95, 90, {}, 2],
  ['response_time p90 <= 95ms', 90, 95, {}, 0.5],
  ['response_time{tier=a} p95 < 90ms', 95, 90, {}, 2],
  ['response_time{tier=b} p95 < 90ms', 95, 90, {}, 95 / 90],
  ['response_time avg < 101ms', 50.5, 101, {}, 0.5],
  ['response_time p95 < 90ms over 10s', 45, 90, { worstWindow: { fromMs: 0, toMs: 1 } }, 0.5],
  ['checks ratio > 99% over 10s', 0.98, 0.99, { unit: 'ratio', state: 'failed', worstWindow: { fromMs: 0, toMs: 1 } }, 2],
  ['errors ratio < 1%', 0.02, 0.01, { unit: 'ratio' }, 2],
  ['errors count == 0', 0, 0, { unit: 'count' }, 0],
  ['errors count == 0', 3, 0, { unit: 'count', state: 'failed' }, 20],
  ['checks ratio > 99%', 0.98, 0.99, { unit: 'ratio' }, 2],
  ['rate > 50/s', 100, 50, { unit: 'per_second' }, 0.5],
  ['ttft p95 < 1s', null, 1000, { state: 'no_samples' }, 20],
  ['ttft p95 < 1s', null, 1000, { state: 'skipped' }, 0],
] as const)('%s with %s is %#', (text, observed, limit, own, used) => {
  expect(usedOf(threshold(text, observed, limit, own), result)).toBeCloseTo(used, 6)
})

test('percentiles need ten samples beyond them', () => {
  const needed = ['p50', 'p95', 'p99', 'p99.9', 'avg'].map((word) => neededBy(threshold(`ttft ${word} < 1s`, 1, 1)))
  expect(needed).toEqual([20, 200, 1000, 10_000, 1])
  expect(neededBy(threshold('ttft p95 < 1s over 10s', 1, 1))).toBe(200)
})

test('a point with too few samples says nothing, unless something failed that had enough', () => {
  const few = threshold('gold < 1', 1, 2, { fewSamples: true })
  expect(point([few])).toMatchObject({ counts: false, neededSeconds: 20 })
  expect(point([few, threshold('errors ratio < 1%', 0.5, 0.01, { state: 'failed', unit: 'ratio' })])).toMatchObject({
    counts: true,
    tiers: [{ holds: false, used: 20, nearest: 'errors ratio < 1%' }],
  })
})

test('a threshold that is undecided has too few samples: its point says nothing and is measured longer, and no rule has ended the run', () => {
  const undecided = threshold('gold < 1', 0.9, 1, { state: 'undecided', samples: 300 })
  expect(point([undecided], { exitCodes: [1] })).toMatchObject({
    counts: false,
    neededSeconds: 20,
    tiers: [{ holds: false, used: 0.9 }],
  })
  expect(point([{ ...undecided, samplesNeeded: 1500 }], { exitCodes: [1] }).neededSeconds).toBe(50)
  const failed = threshold('free < 1', 2, 1, { state: 'failed' })
  const { tiers } = point([undecided, failed], { exitCodes: [1] }, ['gold', 'free'])
  expect(tiers).toEqual([{ tier: 'free', holds: false, used: 2, nearest: 'free < 1' }])
})

test('a set with too few samples is left out of a point that counts because another surely fails', () => {
  const passed = threshold('gold < 1', 0.5, 1, { fewSamples: true })
  const failed = threshold('free < 1', 2, 1, { state: 'failed' })
  const seen = point([passed, failed], { exitCodes: [1] }, ['gold', 'free'])
  expect(seen).toMatchObject({ counts: true, tiers: [{ tier: 'free', holds: false }] })
  const sets = ['free', 'gold'].map((name) => ({ name, thresholds: [`${name} < 1`] }))
  const goal = { isWhole: true, from: 1, max: 1, precision: 0.05 }
  expect(isUseless(seen, [], sets, goal)).toBe(false)
  const below = [{ ...seen, load: 1, isLong: true }]
  expect(nextOf(below, sets, goal)).toEqual({ kind: 'measure', load: 1, isLong: false })
  expect(isUseless(seen, below, sets, goal)).toBe(true)
})

test('a set that has its samples keeps a point of which another has too few; for one load to hold, each needs them', () => {
  const passed = threshold('gold < 1', 0.5, 1)
  const few = threshold('free < 1', 0.9, 1, { fewSamples: true })
  const seen = point([passed, few], {}, ['gold', 'free'])
  expect(seen).toMatchObject({ counts: true, neededSeconds: 20, tiers: [{ tier: 'gold', holds: true, used: 0.5 }] })
  expect(isDecided(seen, 2)).toBe(false)
  expect(isDecided(point([passed, { ...few, fewSamples: false }], {}, ['gold', 'free']), 2)).toBe(true)
  expect(isDecided(point([few, threshold('gold < 1', 2, 1, { state: 'failed' })], { exitCodes: [1] }, ['gold', 'free']), 2)).toBe(
    true,
  )
})

test('each set has its own thresholds and those that belong to none; warnings decide nothing', () => {
  const failed = threshold('free < 1', 2, 1, { state: 'failed' })
  const warning = threshold('errors ratio < 1%', 1, 0.01, { severity: 'warn', state: 'failed' })
  const { tiers } = point([threshold('gold < 1', 0.5, 1), failed, warning], {}, ['gold', 'free'])
  expect(tiers.map(({ tier, holds, used }) => [tier, holds, used])).toEqual([
    ['gold', true, 0.5],
    ['free', false, 2],
  ])
})

test('the money that is left is no threshold of the load', () => {
  const thresholds = [threshold('gold < 1', 0.5, 1), threshold('cost sum <= 5', 4.5, 5)]
  const seen = (ceiling?: string) =>
    pointOf(planned, { ...result, exitCodes: [], thresholds }, [{ name: 'gold', thresholds: ['gold < 1'] }], ceiling)
  expect(seen('cost sum <= 5').tiers[0]).toMatchObject({ used: 0.5, nearest: 'gold < 1' })
  expect(seen().tiers[0]).toMatchObject({ used: 0.9, nearest: 'cost sum <= 5' })
})
