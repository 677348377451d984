/** Student's t distribution, and the tests that use it. */
import { regularizedBeta } from './beta.ts'
import { normalQuantile } from './normal.ts'
import { mean, variance } from './spread.ts'

/** Returns the cumulative distribution function of Student's t with `df` degrees of freedom: the probability of a value of at most `t`. */
export function tCdf(t: number, df: number): number {
  const tail = regularizedBeta(df / (df + t * t), df / 2, 0.5) / 2
  return t > 0 ? 1 - tail : tail
}

/** Returns the quantile `p` of Student's t distribution with `df` degrees of freedom. @throws RangeError unless 0 < p < 1 */
export function tQuantile(p: number, df: number): number {
  if (p === 0.5) return 0
  let low = 0
  let high = Math.max(1, Math.abs(normalQuantile(p)))
  const tail = Math.min(p, 1 - p)
  while (tCdf(-high, df) > tail) high *= 2
  for (let round = 0; round < 200 && high - low > 1e-15 * high; round += 1) {
    const middle = (low + high) / 2
    if (tCdf(-middle, df) > tail) low = middle
    else high = middle
  }
  return p < 0.5 ? -high : high
}

/** What a test of the difference between two means found; `low` and `high` bound the difference with the confidence that was asked for. */
interface MeanDifference {
  readonly difference: number
  readonly low: number
  readonly high: number
  readonly t: number
  readonly df: number
  /** The probability of a difference of this size, or a larger one, when there is none. */
  readonly p: number
}

/**
 * Tests whether the means of `a` and `b` differ, by Welch's t-test, which does not assume equal variances; returns the difference (b − a) with its
 * confidence interval at the level 1 − `alpha`.
 * @throws RangeError when a list has fewer than two values
 */
export function welch(a: readonly number[], b: readonly number[], alpha = 0.05): MeanDifference {
  if (a.length < 2 || b.length < 2) throw new RangeError('a test of means needs two values on each side')
  const [ofA, ofB] = [variance(a) / a.length, variance(b) / b.length]
  const df = (ofA + ofB) ** 2 / (ofA ** 2 / (a.length - 1) + ofB ** 2 / (b.length - 1))
  return differenceOf(mean(b) - mean(a), Math.sqrt(ofA + ofB), df, alpha)
}

/**
 * Tests, by a t-test, whether one new value differs from a list of earlier ones; returns the difference with its confidence interval at the level 1 −
 * `alpha`.
 * @throws RangeError for fewer than two earlier values
 */
export function againstEarlier(earlier: readonly number[], value: number, alpha = 0.05): MeanDifference {
  if (earlier.length < 2) throw new RangeError('a test against earlier values needs two of them')
  const error = Math.sqrt(variance(earlier) * (1 + 1 / earlier.length))
  return differenceOf(value - mean(earlier), error, earlier.length - 1, alpha)
}

function differenceOf(difference: number, error: number, df: number, alpha: number): MeanDifference {
  // If all differences are equal, the mean difference is certain.
  if (error === 0)
    return { difference, low: difference, high: difference, t: difference === 0 ? 0 : Infinity, df, p: difference === 0 ? 1 : 0 }
  const t = difference / error
  const reach = tQuantile(1 - alpha / 2, df) * error
  return { difference, low: difference - reach, high: difference + reach, t, df, p: 2 * tCdf(-Math.abs(t), df) }
}
