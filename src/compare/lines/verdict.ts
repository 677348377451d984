/** The verdict on one change, from its bounds and what matters. */

/** What is known of one change. `UNCLEAR` is not "no difference": the data allow both. */
export type ChangeVerdict = 'WORSE' | 'BETTER' | 'SAME' | 'SMALL' | 'UNCLEAR'

/** A change with the bounds between which it lies, all on one scale: logarithms of a ratio, or points of a share. */
export interface Change {
  readonly estimate: number
  readonly low: number
  readonly high: number
}

/**
 * Returns the verdict on a change. `worse` says which sign is bad; `tolerance` is on the scale of the change. `WORSE` and `BETTER` are certain
 * and matter, `SMALL` is certain and does not, `SAME` is certainly within the tolerance.
 */
export function verdictOn({ estimate, low, high }: Change, worse: 1 | -1, tolerance: number): ChangeVerdict {
  const [bad, from, to] = worse === 1 ? [estimate, low, high] : [-estimate, -high, -low]
  if (from > 0 && bad >= tolerance) return 'WORSE'
  if (to < 0 && bad <= -tolerance) return 'BETTER'
  if (from >= -tolerance && to <= tolerance) return 'SAME'
  return from > 0 || to < 0 ? 'SMALL' : 'UNCLEAR'
}

/**
 * Returns how many times the data an unclear change would need until its bounds are as narrow as the tolerance; Infinity when `noiseReach`, the part
 * of them that more data does not narrow, is as wide already.
 */
export function timesMore({ low, high }: Change, tolerance: number, noiseReach = 0): number {
  const left = tolerance ** 2 - noiseReach ** 2
  return left > 0 ? (((high - low) / 2) ** 2 - noiseReach ** 2) / left : Number.POSITIVE_INFINITY
}

/** The order in which one verdict outweighs another: what is bad first, then what is not known. */
const WEIGHT: readonly ChangeVerdict[] = ['WORSE', 'UNCLEAR', 'BETTER', 'SMALL', 'SAME']

/** Returns the verdict on a whole comparison, from those of the metrics that decide; `UNCLEAR` without any. */
export function overall(verdicts: readonly ChangeVerdict[]): ChangeVerdict {
  return WEIGHT.find((verdict) => verdicts.includes(verdict)) ?? 'UNCLEAR'
}
