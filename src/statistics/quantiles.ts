/** Quantiles of samples, by three definitions, and how exact they are. */
import { regularizedBeta } from './beta.ts'
import { sorted } from './spread.ts'

/**
 * Returns the quantile `p` (0 to 1) as the value of rank ⌈p · n⌉; the values must be in rising order. NaN without values. All percentiles
 * of burn are defined so.
 */
export function nearestRank(rising: readonly number[], p: number): number {
  return rising[Math.max(1, Math.ceil(p * rising.length - 1e-9)) - 1] ?? Number.NaN
}

/**
 * Returns the quantile `p` (0 to 1) of values in rising order, interpolated between neighbours as most statistics programs do (type 7 of
 * Hyndman and Fan).
 */
export function interpolated(rising: readonly number[], p: number): number {
  const at = (rising.length - 1) * p
  const [below = Number.NaN, above = below] = [rising[Math.floor(at)], rising[Math.ceil(at)]]
  return below + (at - Math.floor(at)) * (above - below)
}

/** A quantile as the weighted mean of all samples, with its standard error. */
interface SmoothQuantile {
  readonly estimate: number
  readonly error: number
}

/**
 * Returns the Harrell-Davis estimate of the quantile `p`, which uses all samples and so varies less, with its standard error by Maritz and
 * Jarrett.
 * @see F. Harrell and C. Davis, "A new distribution-free quantile estimator" (1982); J. Maritz and R. Jarrett (1978)
 */
export function smoothQuantile(values: readonly number[], p: number): SmoothQuantile {
  const rising = sorted(values)
  const n = rising.length
  const estimate = weightedMoment(rising, (n + 1) * p, (n + 1) * (1 - p), 1)
  // The order statistic that stands for the quantile, and how it varies.
  const rank = Math.floor(n * p + 0.5)
  const first = weightedMoment(rising, rank - 1, n - rank, 1)
  const second = weightedMoment(rising, rank - 1, n - rank, 2)
  return { estimate, error: Math.sqrt(Math.max(0, second - first ** 2)) }
}

/** The mean of the samples to a power, each weighted by the beta distribution over its place. */
function weightedMoment(rising: readonly number[], a: number, b: number, power: number): number {
  const n = rising.length
  return rising.reduce((sum, value, i) => {
    const weight = regularizedBeta((i + 1) / n, a, b) - regularizedBeta(i / n, a, b)
    return sum + weight * value ** power
  }, 0)
}
