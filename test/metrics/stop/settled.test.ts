/** The rule `settled`: how often the true value lies in the interval at which it was met, and what it waits for. */
import { expect, test } from 'vitest'
import { Histogram } from '../../../src/metrics/histogram/histogram.ts'
import { type BatchEstimate, SettlingTest } from '../../../src/metrics/stop/settled.ts'
import { createRandom, type Random } from '../../../src/random.ts'
import { drawn } from '../../support/share.ts'

/** Feeds seconds of `perSecond` samples each until the metric has settled. */
function settling(
  p: number | undefined,
  draw: (random: Random, second: number) => number,
  seed = 1,
  most = 3000,
  perSecond = 50,
) {
  const random = createRandom(`${seed}`, 'settled')
  const rule = new SettlingTest('ms', p, 0.05)
  for (let second = 1; second <= most; second += 1) {
    const samples = new Histogram('ms')
    for (let i = 0; i < perSecond; i += 1) samples.record(draw(random, second))
    rule.add(1000, samples.sparse())
    if (rule.settled) return { second, ...rule.settled }
  }
  return undefined
}

const exponential = (random: Random) => random.exponential(100)

test('a percentile settles, and its interval holds the true value as often as it says', () => {
  // p95 of an exponential with mean 100 ms.
  const truth = -100 * Math.log(0.05)
  const all = Array.from({ length: drawn(200, 5) }, (_, seed) => settling(95, exponential, seed))
  const found = all.filter((one): one is BatchEstimate & { second: number } => one !== undefined)
  expect(found).toHaveLength(all.length)
  for (const { halfWidth, value, batches } of found) {
    expect(halfWidth / value).toBeLessThanOrEqual(0.05)
    expect(batches).toBeGreaterThanOrEqual(10)
  }
  const held = found.filter(({ value, halfWidth }) => Math.abs(value - truth) <= halfWidth)
  // Looking again and again costs some of the 95 %.
  expect(held.length / found.length).toBeGreaterThan(0.85)
})

test('each batch has the samples that its percentile needs', () => {
  const { second = 0, batchMs = 0 } = settling(95, () => 100) ?? {}
  // 200 of them at 50 a second: batches of at least 4 s, ten of these.
  expect(batchMs).toBe(4000)
  expect(second).toBe(40)
})

test('what rises has not settled, however narrow its interval, nor what drifts to and fro', () => {
  expect(settling(undefined, (_, second) => 1000 + second * 0.1)).toBeUndefined()
  expect(
    settling(undefined, (random, second) => 100 + 10 * Math.sin(second / 200) + random.normal(0, 0.1), 1, 1200),
  ).toBeUndefined()
})

test('without samples nothing is known', () => {
  const rule = new SettlingTest('ms', 95, 0.05)
  for (let second = 0; second < 100; second += 1) rule.add(1000, undefined)
  expect(rule.settled).toBeUndefined()
})
