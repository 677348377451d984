/** Computes the verdict on one change, from its bounds and the smallest change that matters. */

/**
 * The verdict on the change of one metric from side A to side B of a comparison. `UNCLEAR` means that the data do not show whether there is a
 * difference; only `SAME` means that there is none that matters.
 */
export type ChangeVerdict = 'WORSE' | 'BETTER' | 'SAME' | 'SMALL' | 'UNCLEAR'

/**
 * The change of a metric from side A to side B of a comparison, with its confidence interval, all on one scale: the logarithm of the ratio B ÷ A or,
 * for an error rate or another fraction, the difference B − A.
 */
export interface Change {
  readonly estimate: number
  readonly low: number
  readonly high: number
}

/**
 * Returns the verdict on the change of a metric in a comparison, from the change and its confidence interval. `worse` is the sign of a change for
 * the worse; `tolerance` is the smallest change that matters, stated in the same way as the change (logarithm of a ratio, or difference).
 *
 * - `WORSE` or `BETTER`: the interval excludes 0, and the change is at least the tolerance.
 * - `SAME`: the whole interval is within the tolerance.
 * - `SMALL`: the interval excludes 0, but the change is below the tolerance.
 * - `UNCLEAR`: none of these.
 */
export function verdictOn({ estimate, low, high }: Change, worse: 1 | -1, tolerance: number): ChangeVerdict {
  const [bad, from, to] = worse === 1 ? [estimate, low, high] : [-estimate, -high, -low]
  if (from > 0 && bad >= tolerance) return 'WORSE'
  if (to < 0 && bad <= -tolerance) return 'BETTER'
  if (from >= -tolerance && to <= tolerance) return 'SAME'
  return from > 0 || to < 0 ? 'SMALL' : 'UNCLEAR'
}

/**
 * Returns how many times as much data a comparison needs for a clear verdict on a change, that is, for a confidence interval as narrow as the
 * tolerance. `noiseReach` is the part of the interval that comes from differences between runs. More data does not reduce this part: if it is as wide
 * as the tolerance, the result is Infinity.
 */
export function timesMore({ low, high }: Change, tolerance: number, noiseReach = 0): number {
  const left = tolerance ** 2 - noiseReach ** 2
  return left > 0 ? (((high - low) / 2) ** 2 - noiseReach ** 2) / left : Number.POSITIVE_INFINITY
}

/** The verdicts in the order of their weight: a comparison gets the first of these that a deciding metric has. */
const WEIGHT: readonly ChangeVerdict[] = ['WORSE', 'UNCLEAR', 'BETTER', 'SMALL', 'SAME']

/** Returns the verdict on a whole comparison from the verdicts on its deciding metrics; `UNCLEAR` when there are none. */
export function overall(verdicts: readonly ChangeVerdict[]): ChangeVerdict {
  return WEIGHT.find((verdict) => verdicts.includes(verdict)) ?? 'UNCLEAR'
}
