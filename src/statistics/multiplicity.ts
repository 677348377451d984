/** Probabilities of several tests at once. */

/**
 * Corrects the p-values of several tests by Holm's method, in their order: if those below 0.05 count as findings, the chance that any
 * finding is wrong is at most 5 %.
 */
export function holm(ps: readonly number[]): number[] {
  let largest = 0
  return adjusted(
    ps,
    (a, b) => a - b,
    (p, place) => {
      largest = Math.max(largest, p * (ps.length - place))
      return largest
    },
  )
}

/**
 * Corrects the p-values of several tests by the method of Benjamini and Hochberg, in their order: if those below 0.05 count as findings, on
 * average at most 5 % of them are wrong.
 */
export function benjaminiHochberg(ps: readonly number[]): number[] {
  let smallest = 1
  return adjusted(
    ps,
    (a, b) => b - a,
    (p, place) => {
      smallest = Math.min(smallest, (p * ps.length) / (ps.length - place))
      return smallest
    },
  )
}

/** Goes through the probabilities in an order, and returns what `correct` makes of each, in their own order. */
function adjusted(
  ps: readonly number[],
  compare: (a: number, b: number) => number,
  correct: (p: number, place: number) => number,
): number[] {
  const result = ps.map(() => 1)
  const order = ps.map((p, index) => ({ p, index })).sort((a, b) => compare(a.p, b.p))
  for (const [place, { p, index }] of order.entries()) result[index] = Math.min(1, correct(p, place))
  return result
}
