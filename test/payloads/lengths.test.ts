import { expect, test } from 'vitest'
import type * as z from 'zod'
import { lengthSchema, lengthsOf } from '../../src/payloads/lengths.ts'
import { createRandom } from '../../src/random.ts'

type Input = z.input<typeof lengthSchema>
const DRAWS = 20_000

function drawn(input: Input, seed = 'seed'): number[] {
  const lengths = lengthsOf(lengthSchema.parse(input))
  const random = createRandom(seed, 'lengths')
  return Array.from({ length: DRAWS }, () => lengths.draw(random))
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const quantile = (values: readonly number[], q: number) => values.toSorted((a, b) => a - b)[Math.floor(q * values.length)] ?? 0
const within = (value: number, expected: number, share: number) =>
  expect(Math.abs(value / expected - 1), `${value} for ${expected}`).toBeLessThan(share)

test('a number is itself', () => expect(new Set(drawn(70))).toEqual(new Set([70])))

test('a normal distribution has its mean and standard deviation', () => {
  const all = drawn({ mean: 1000, sd: 100 })
  within(mean(all), 1000, 0.005)
  within(Math.sqrt(mean(all.map((value) => (value - 1000) ** 2))), 100, 0.03)
})

test('what is drawn below the least length is drawn again, so that it does not heap up there', () => {
  const all = drawn({ mean: 10, sd: 20, min: 5 })
  expect(Math.min(...all)).toBe(5)
  expect(all.filter((value) => value === 5).length / DRAWS).toBeLessThan(0.05)
})

test('a log-normal distribution by mean and median', () => {
  const all = drawn({ mean: 1500, median: 1000 })
  within(mean(all), 1500, 0.05)
  within(quantile(all, 0.5), 1000, 0.03)
})

test.each<[Input, number, number]>([
  [{ p50: 200, p95: 2000 }, 0.95, 2000],
  [{ p50: 200, p99: 2000 }, 0.99, 2000],
])('%j has these quantiles', (input, q, value) => {
  const all = drawn(input)
  within(quantile(all, 0.5), 200, 0.05)
  within(quantile(all, q), value, 0.12)
})

test('an exponential distribution by its mean', () => {
  const all = drawn({ exponential: 2000 })
  within(mean(all), 2000, 0.03)
  within(quantile(all, 0.5), 2000 * Math.LN2, 0.05)
  within(quantile(all, 0.95), 2000 * Math.log(20), 0.05)
})

test('several peaks, each as often as its weight says', () => {
  const all = drawn({
    peaks: [
      { mean: 2000, sd: 100, weight: 3 },
      { mean: 60_000, sd: 1000 },
    ],
  })
  within(all.filter((value) => value > 30_000).length / DRAWS, 0.25, 0.05)
  expect(all.filter((value) => value > 3000 && value < 50_000)).toEqual([])
})

test('points, evenly, and bounds', () => {
  const all = drawn({
    points: [
      { value: 7, weight: 1 },
      { value: 9, weight: 4 },
    ],
  })
  within(all.filter((value) => value === 9).length / DRAWS, 0.8, 0.03)
  expect(new Set(drawn({ min: 3, max: 5 }))).toEqual(new Set([3, 4, 5]))
  expect(Math.max(...drawn({ mean: 100, sd: 50, max: 120 }))).toBe(120)
  expect(lengthsOf(lengthSchema.parse({ mean: 100, sd: 50, max: 120 })).most).toBe(120)
  expect(lengthsOf(lengthSchema.parse({ p50: 1, p95: 2 })).most).toBeUndefined()
})

test('the same stream gives the same lengths', () => {
  const input = { p50: 100, p99: 900 }
  expect(drawn(input, 'a')).toEqual(drawn(input, 'a'))
  expect(drawn(input, 'a')).not.toEqual(drawn(input, 'b'))
})

test.each([
  0,
  1.5,
  '5',
  {},
  { mean: 5 },
  { mean: 5, median: 6 },
  { p50: 9, p95: 3 },
  { mean: 5, sd: 1, min: 9, max: 3 },
  { points: [] },
])('%j is no length', (input) => expect(lengthSchema.safeParse(input).success).toBe(false))
