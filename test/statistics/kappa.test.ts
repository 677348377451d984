import { expect, test } from 'vitest'
import { cohensKappa } from '../../src/statistics/kappa.ts'

const pairs = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts).flatMap(([key, count]) => Array.from({ length: count }, () => key.split(' ') as [string, string]))

test.each([
  // The example of many textbooks: seen 0.7, by chance 0.5.
  [{ 'yes yes': 20, 'yes no': 5, 'no yes': 10, 'no no': 15 }, 0.4],
  [{ 'a a': 3, 'b b': 2, 'c c': 5 }, 1],
  [{ 'a b': 5, 'b a': 5 }, -1],
  [{ 'a a': 1, 'a b': 1, 'b a': 1, 'b b': 1 }, 0],
])('kappa of %j is %d', (counts, kappa) => {
  expect(cohensKappa(pairs(counts))).toBeCloseTo(kappa, 12)
})

test('there is none without pairs, nor when all verdicts are the same one', () => {
  expect(cohensKappa([])).toBeNull()
  expect(cohensKappa(pairs({ 'a a': 7 }))).toBeNull()
})
