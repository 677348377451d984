import { expect, test } from 'vitest'
import { createRandom } from '../../src/random.ts'
import { mcNemar } from '../../src/statistics/rates.ts'
import { hodgesLehmann, ranksOf, signedRankQuantile, signedRankTest } from '../../src/statistics/signed-rank.ts'

const BEFORE = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3]
const AFTER = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]

test('golden value 8: the differences of nine patients', () => {
  const differences = BEFORE.map((before, i) => before - (AFTER[i] ?? 0))
  expect(signedRankTest(differences)).toMatchObject({ positive: 40, negative: 5, greater: 0.01953125, p: 0.0390625 })
  expect(hodgesLehmann(differences).estimate).toBeCloseTo(0.46, 10)
})

test('golden value 9: the log ratios of eight blocks', () => {
  const blocks = [0.05, 0.08, 0.02, -0.01, 0.07, 0.04, 0.06, 0.03]
  expect(signedRankTest(blocks)).toMatchObject({ negative: 1, p: 0.015625 })
  const { estimate, low, high } = hodgesLehmann(blocks)
  expect([estimate, low, high].map((x) => x.toFixed(9))).toEqual(['0.045000000', '0.015000000', '0.070000000'])
  expect([estimate, low, high].map((x) => Math.exp(x).toFixed(4))).toEqual(['1.0460', '1.0151', '1.0725'])
})

test.each([
  [6, 1, 0.96875],
  [8, 4, 0.96094],
  [10, 9, 0.95117],
  [12, 14, 0.95752],
  [20, 53, 0.95156],
])('golden value 10: %d pairs have their bounds at rank %d', (pairs, rank, confidence) => {
  expect(signedRankQuantile(0.025, pairs)).toBe(rank)
  const found = hodgesLehmann(Array.from({ length: pairs }, (_, i) => i))
  expect(found.confidence).toBeCloseTo(confidence, 5)
})

test('golden value 10: bounds at 99 % of 20 pairs', () => {
  expect(signedRankQuantile(0.005, 20)).toBe(38)
})

test('differences of 0 decide nothing, and equal sizes share their rank', () => {
  expect(signedRankTest([0, 0, 1, -1, 2])).toMatchObject({ positive: 4.5, negative: 1.5 })
})

/** The share of all ways to give signs to the sizes whose sum of ranks is at least, or at most, that of the differences. */
function enumerated(differences: readonly number[]) {
  const moved = differences.filter((difference) => difference !== 0)
  const ranks = ranksOf(moved.map(Math.abs))
  const sumWhere = (isPositive: (index: number) => boolean) =>
    ranks.reduce((sum, rank, index) => sum + (isPositive(index) ? rank : 0), 0)
  const found = sumWhere((index) => (moved[index] ?? 0) > 0)
  const sums = Array.from({ length: 2 ** moved.length }, (_, signs) => sumWhere((index) => ((signs >> index) & 1) === 1))
  const share = (holds: (sum: number) => boolean) => sums.filter(holds).length / sums.length
  const [greater, less] = [share((sum) => sum >= found), share((sum) => sum <= found)]
  return { greater, p: Math.min(1, 2 * greater, 2 * less) }
}

test('with ties, the probabilities are those of all ways to give signs', () => {
  const random = createRandom('7', 'ties')
  let ties = 0
  for (let round = 0; round < 200; round += 1) {
    const differences = Array.from({ length: 1 + Math.floor(10 * random.next()) }, () => Math.floor(7 * random.next()) - 2)
    const { greater, p, positive } = signedRankTest(differences)
    const exact = enumerated(differences)
    expect([greater, p], JSON.stringify(differences)).toEqual([exact.greater, exact.p])
    if (positive % 1 !== 0) ties += 1
  }
  expect(ties).toBeGreaterThan(20)
})

test.each([1, 2, 3])('of ten equal sizes, %i on the other side', (others) => {
  const differences = Array.from({ length: 10 }, (_, index) => (index < others ? -1 : 1))
  expect(signedRankTest(differences).p).toBe(enumerated(differences).p)
})

test('two hundred equal differences can be tested', () => {
  const differences = Array.from({ length: 200 }, (_, index) => (index < 80 ? -3 : 3))
  expect(signedRankTest(differences).p).toBeCloseTo(mcNemar(80, 120), 10)
})

test('there is no estimate of nothing', () => {
  expect(() => hodgesLehmann([])).toThrow(RangeError)
})
