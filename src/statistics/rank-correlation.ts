import { ranksOf } from './signed-rank.ts'

/**
 * Returns Spearman's rank correlation of two lists of equal length, from −1 to 1: 1 when both lists rise together. Equal values have equal ranks.
 * Undefined for lists of fewer than two values, or when all values of a list are equal.
 * @see C. Spearman, "The proof and measurement of association between two things" (1904)
 */
export function rankCorrelation(xs: readonly number[], ys: readonly number[]): number | undefined {
  const n = Math.min(xs.length, ys.length)
  const [rx, ry] = [ranksOf(xs.slice(0, n)), ranksOf(ys.slice(0, n))]
  // Ranks are 1 to n, shared or not: their mean is known.
  const mean = (n + 1) / 2
  let [both, ofX, ofY] = [0, 0, 0]
  for (const [at, rank] of rx.entries()) {
    const [dx, dy] = [rank - mean, (ry[at] ?? mean) - mean]
    both += dx * dy
    ofX += dx * dx
    ofY += dy * dy
  }
  return ofX === 0 || ofY === 0 ? undefined : both / Math.sqrt(ofX * ofY)
}
