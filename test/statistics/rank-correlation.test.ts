import { expect, test } from 'vitest'
import { rankCorrelation } from '../../src/statistics/rank-correlation.ts'

test.each<[string, number[], number[], number | undefined]>([
  ['values that rise together, however unevenly', [1, 2, 3, 4], [1, 10, 11, 5000], 1],
  ['values that go against each other', [1, 2, 3, 4], [9, 8, 7, -1], -1],
  // Spearman's own form without ties: 1 − 6 Σd² ÷ (n³ − n), with d = 1, −1, 1, −1, 0.
  ['five pairs, two of them swapped', [1, 2, 3, 4, 5], [2, 1, 4, 3, 5], 1 - 24 / 120],
  // The published example of 10 pupils: IQ and hours of television, ρ = −29/165.
  ['a published example', [106, 100, 86, 101, 99, 103, 97, 113, 112, 110], [7, 27, 2, 50, 28, 29, 20, 12, 6, 17], -29 / 165],
  // Ranks 1.5, 1.5, 3 and 1, 2, 3: their product-moment correlation is √3 ÷ 2.
  ['equal values share their ranks', [5, 5, 6], [1, 2, 3], Math.sqrt(3) / 2],
  ['one side that never changes', [5, 5, 5], [1, 2, 3], undefined],
  ['one pair', [1], [2], undefined],
  ['nothing', [], [], undefined],
])('%s', (_title, xs, ys, rho) => {
  const found = rankCorrelation(xs, ys)
  if (rho === undefined) expect(found).toBeUndefined()
  else expect(found).toBeCloseTo(rho, 12)
  expect(rankCorrelation(ys, xs)).toBe(found)
})
