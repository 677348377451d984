/** When a value stands out: measured on healthy data, where nothing does, and on data in which some do. */
import { describe, expect, test } from 'vitest'
import { slowLimit, stallLimit, tokenLimit, type Weighted } from '../../src/anomalies/slow-limit.ts'
import { createRandom } from '../../src/random.ts'

const rising = (values: readonly number[]): Weighted[] => [...values].sort((a, b) => a - b).map((value) => [value, 1])

/** Times in ms as healthy services have them: log-normal, with this median and spread of the logarithm. */
function logNormal(seed: number, count: number, median: number, sigma: number): number[] {
  const random = createRandom(`${seed}`, 'log-normal')
  return Array.from({ length: count }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - random.next()))
    return median * Math.exp(sigma * radius * Math.cos(2 * Math.PI * random.next()))
  })
}

describe('healthy latencies', () => {
  test.each([0.1, 0.3, 0.5, 0.7, 1])('of a spread of %f: below 0.1 %% are called slow', (sigma) => {
    let flagged = 0
    let all = 0
    for (let seed = 0; seed < 200; seed += 1) {
      for (const count of [200, 1000]) {
        const values = logNormal(seed, count, 800, sigma)
        const { limit = 0 } = slowLimit(rising(values)) ?? {}
        flagged += values.filter((value) => value > limit).length
        all += count
      }
    }
    expect(all).toBe(240_000)
    expect(flagged / all).toBeLessThan(0.001)
  })

  test('a rule on raw milliseconds would call 4 to 9 % of them slow', () => {
    const values = logNormal(1, 10_000, 800, 1)
    const middle = rising(values)[5000]?.[0] ?? 0
    const deviation = rising(values.map((value) => Math.abs(value - middle)))[5000]?.[0] ?? 1
    const flagged = values.filter((value) => (0.6745 * (value - middle)) / deviation > 3.5).length
    expect(flagged / values.length).toBeGreaterThan(0.04)
  })
})

test('slow ones among healthy ones are found', () => {
  const values = [...logNormal(7, 1000, 400, 0.3), ...Array<number>(20).fill(4000)]
  const { limit = 0, median } = slowLimit(rising(values)) ?? {}
  expect(median).toBeGreaterThan(380)
  expect(values.filter((value) => value > limit).length).toBeGreaterThanOrEqual(20)
  expect(values.filter((value) => value > limit).length).toBeLessThanOrEqual(22)
})

describe('the limit of slow', () => {
  const same = (value: number, count = 20): Weighted[] => [[value, count]]
  test.each<[string, Weighted[], number | undefined]>([
    ['fewer than 20 have none', same(100, 19), undefined],
    ['nothing has none', [], undefined],
    // Equal values: MAD 0 is taken as 0.05, so that the factor is e^(3.5 × 0.05 ÷ 0.6745) = 1.296.
    ['200 ms over the median of fast ones', same(50), 250],
    ['twice the median', same(500), 1000],
  ])('%s', (_, values, limit) => {
    expect(slowLimit(values)?.limit).toBe(limit)
  })

  test('follows the spread of the logarithm', () => {
    // ln x: 0 ± ln 2 with half of the values each way, so that the MAD is ln 2.
    const values: Weighted[] = [
      [500, 30],
      [1000, 1],
      [2000, 30],
    ]
    expect(slowLimit(values)?.limit).toBeCloseTo(1000 * 2 ** (3.5 / 0.6745), 6)
  })

  test('golden value 18: the median is 2, its MAD 1, and the z of 9 is 4.7215', () => {
    // The logarithms are 1, 1, 2, 2, 4, 6 and 9, three times each.
    const { median, limit } = slowLimit([1, 1, 2, 2, 4, 6, 9].map((log): Weighted => [Math.exp(log), 3])) ?? {
      median: 0,
      limit: 0,
    }
    expect(Math.log(median)).toBeCloseTo(2, 12)
    const zOf = (log: number) => (3.5 * (log - 2)) / (Math.log(limit) - 2)
    expect([zOf(6), zOf(9)]).toEqual([expect.closeTo(2.698, 10), expect.closeTo(4.7215, 10)])
  })

  test('a time of 0 is the shortest that there is', () => {
    expect(slowLimit([[0, 30]])).toEqual({ median: 0, samples: 30, limit: 200 })
  })
})

test.each<[string, Weighted[], number | undefined]>([
  ['2 s for fast streams', [[20, 5]], 2000],
  ['ten gaps of slow ones', [[300, 5]], 3000],
  ['none without gaps', [], undefined],
])('the limit of a stall: %s', (_, values, limit) => {
  expect(stallLimit(values)?.limit).toBe(limit)
})

test.each<[string, Weighted[], number | undefined]>([
  ['five times the median', [[40, 20]], 200],
  ['none for few', [[40, 19]], undefined],
  ['none when most have none', [[0, 20]], undefined],
])('the limit of tokens: %s', (_, values, limit) => {
  expect(tokenLimit(values)?.limit).toBe(limit)
})
