/** Probabilities of several tests at once. */

/** Returns the probabilities corrected by Holm: each below 0.05 is a finding, and of all findings one at most in twenty tries is wrong. */
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

/** Returns the probabilities corrected by Benjamini and Hochberg: of those below 0.05, one in twenty is wrong in the mean. */
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
