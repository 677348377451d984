import { expect, test } from 'vitest'
import { inPairs } from '../../../src/compare/live/pair-order.ts'
import type { OpenLoad } from '../../../src/load/executor.ts'
import { createRandom } from '../../../src/random.ts'

/** An open load with these arrivals. */
const load = (times: readonly number[], lengthMs = 10_000): OpenLoad => ({
  ...{ model: 'open', lengthMs, maxUsers: 1, addsUsers: true, whenFull: 'queue', peakPerSecond: 1 },
  arrivals: () => [...times][Symbol.iterator](),
  rateAt: () => 200,
  countAt: () => times.length,
  process: { name: 'constant' } as OpenLoad['process'],
})

function startsOf(of: OpenLoad, arm: 'a' | 'b', seed = '7'): number[] {
  const paired = inPairs(of, arm, seed, 0)
  if (paired.model !== 'open') throw new Error('an open load stays one')
  const arrivals = paired.arrivals(createRandom('x'))
  return [...{ [Symbol.iterator]: () => arrivals }]
}

test('of each pair one goes first, about as often the one as the other', () => {
  const times = Array.from({ length: 2000 }, (_, i) => i * 5)
  const [a, b] = [startsOf(load(times), 'a'), startsOf(load(times), 'b')]
  const gaps = a.map((at, i) => at - (b[i] ?? Number.NaN))
  expect(new Set(gaps)).toEqual(new Set([-1, 1]))
  const first = gaps.filter((gap) => gap < 0).length
  expect(first).toBeGreaterThan(900)
  expect(first).toBeLessThan(1100)
  expect(a.every((at, i) => at - (times[i] ?? 0) <= 1)).toBe(true)
})

test('starts stay in order and within the phase', () => {
  const times = [0, 0.2, 0.4, 0.6, 9.5, 9.9]
  for (const seed of ['1', '2', '3', '4', '5']) {
    const starts = startsOf(load(times, 10), 'a', seed)
    expect(starts).toHaveLength(times.length)
    expect(starts).toEqual([...starts].sort((x, y) => x - y))
    expect(starts.every((at) => at < 10)).toBe(true)
  }
})

test('another seed tosses other coins', () => {
  const times = Array.from({ length: 100 }, (_, i) => i * 5)
  expect(startsOf(load(times), 'a', '1')).not.toEqual(startsOf(load(times), 'a', '2'))
})

test('a dense load keeps its pairs apart', () => {
  const times = Array.from({ length: 2000 }, (_, i) => i * 0.2)
  const dense = { ...load(times), rateAt: () => 5000 }
  const [a, b] = [startsOf(dense, 'a'), startsOf(dense, 'b')]
  const first = a.filter((at, i) => at < (b[i] ?? 0)).length
  expect(first).toBeGreaterThan(900)
  expect(first).toBeLessThan(1100)
})
