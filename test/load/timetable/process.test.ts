/** Distributions of gaps: their mean is 1, and those of one of n shards are those between every n-th start. */
import { describe, expect, test } from 'vitest'
import { CONSTANT, everyNth, gammaProcess, POISSON } from '../../../src/load/timetable/process.ts'
import { createRandom } from '../../../src/random.ts'

const N = 20_000
const drawn = (process: typeof POISSON, seed: string) => {
  const random = createRandom(seed, 'process')
  return Array.from({ length: N }, () => process.draw(random))
}
const mean = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length
/** The largest distance between the shares of gaps that were drawn and those that should be. */
function distance(gaps: readonly number[], shareBelow: (gap: number) => number): number {
  const sorted = gaps.toSorted((a, b) => a - b)
  return Math.max(...sorted.map((gap, i) => Math.abs(shareBelow(gap) - i / sorted.length)))
}
/** The distance that one sample in a thousand exceeds (Kolmogorov-Smirnov). */
const CRITICAL = 1.95 / Math.sqrt(N)

describe.each([
  ['poisson', POISSON],
  ['bursts', gammaProcess(0.3)],
  ['even', gammaProcess(8)],
])('%s', (name, process) => {
  test('gaps have the mean 1, the variation and the shares that are said', () => {
    const gaps = drawn(process, name)
    const middle = mean(gaps)
    expect(middle).toBeCloseTo(1, 1)
    expect(Math.sqrt(mean(gaps.map((gap) => (gap - middle) ** 2)))).toBeCloseTo(process.variation, 1)
    expect(distance(gaps, process.shareBelow ?? (() => Number.NaN))).toBeLessThan(CRITICAL)
  })

  test('those of one of three shards are those between every third start, as shares of their mean', () => {
    const third = everyNth(process, 3)
    const random = createRandom(name, 'sums')
    const sums = Array.from({ length: N }, () => (process.draw(random) + process.draw(random) + process.draw(random)) / 3)
    expect(distance(sums, third.shareBelow ?? (() => Number.NaN))).toBeLessThan(CRITICAL)
    expect([third.name, third.beginsWithGap]).toEqual([process.name, false])
  })
})

test('equal gaps and a single shard stay what they are; gaps that hardly vary have no distribution', () => {
  expect(everyNth(CONSTANT, 5)).toBe(CONSTANT)
  expect(everyNth(POISSON, 1)).toBe(POISSON)
  expect(everyNth(POISSON, 20_000).shareBelow).toBeUndefined()
})
