/** Corrects the p-values of several tests. */

/**
 * Corrects the p-values of several tests by Holm's method, and returns them in the same order. If those below 0.05 count as findings, the probability
 * that any finding is wrong is at most 5 %.
 */
export function holm(ps: readonly number[]): number[] {
  const result = ps.map(() => 1)
  const order = ps.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p)
  let largest = 0
  for (const [place, { p, index }] of order.entries()) {
    largest = Math.max(largest, p * (ps.length - place))
    result[index] = Math.min(1, largest)
  }
  return result
}
