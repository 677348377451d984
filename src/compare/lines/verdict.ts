/** Computes the verdict on one change, from its bounds and the smallest change that matters. */

/** The verdict on one change. `UNCLEAR` does not mean "no difference": the data do not show whether there is one. */
export type ChangeVerdict = 'WORSE' | 'BETTER' | 'SAME' | 'SMALL' | 'UNCLEAR'

/** A change with its lower and upper bound, all on one scale: the logarithm of a ratio or, for a share, a difference. */
export interface Change {
  readonly estimate: number
  readonly low: number
  readonly high: number
}

/**
 * Returns the verdict on a change. `worse` is the sign of a change for the worse; `tolerance` is on the scale of the change. `WORSE` and
 * `BETTER`: the bounds exclude 0, and the estimate is at least the tolerance. `SAME`: both bounds are within the tolerance. `SMALL`: the
 * bounds exclude 0, but the estimate is below the tolerance. `UNCLEAR`: none of these.
 */
export function verdictOn({ estimate, low, high }: Change, worse: 1 | -1, tolerance: number): ChangeVerdict {
  const [bad, from, to] = worse === 1 ? [estimate, low, high] : [-estimate, -high, -low]
  if (from > 0 && bad >= tolerance) return 'WORSE'
  if (to < 0 && bad <= -tolerance) return 'BETTER'
  if (from >= -tolerance && to <= tolerance) return 'SAME'
  return from > 0 || to < 0 ? 'SMALL' : 'UNCLEAR'
}

/**
 * Returns by which factor the data of an unclear change must grow for its bounds to become as narrow as the tolerance. Infinity when `noiseReach`,
 * the part of the bounds that comes from differences between runs and that more data does not narrow, is as wide already.
 */
export function timesMore({ low, high }: Change, tolerance: number, noiseReach = 0): number {
  const left = tolerance ** 2 - noiseReach ** 2
  return left > 0 ? (((high - low) / 2) ** 2 - noiseReach ** 2) / left : Number.POSITIVE_INFINITY
}

/** The verdicts in the order of their weight: a comparison gets the first of these that a deciding metric has. */
const WEIGHT: readonly ChangeVerdict[] = ['WORSE', 'UNCLEAR', 'BETTER', 'SMALL', 'SAME']

/** Returns the verdict on a whole comparison, given those on the metrics that decide; `UNCLEAR` when there are none. */
export function overall(verdicts: readonly ChangeVerdict[]): ChangeVerdict {
  return WEIGHT.find((verdict) => verdicts.includes(verdict)) ?? 'UNCLEAR'
}
