/** Computes the slope of a straight line through points, with a confidence interval. */
import { tQuantile } from './student.ts'

/** The slope of a line through points, with its confidence interval from `low` to `high`. */
export interface Slope {
  readonly slope: number
  readonly low: number
  readonly high: number
}

/**
 * Returns the slope of the least-squares line through points with the coordinates `at` (horizontal) and `value`, with its confidence interval at the
 * level `confidence`. The interval supposes that the points scatter around the line independently of each other. Undefined for fewer than three
 * points, or when all have the same `at`.
 */
export function slopeOf(
  points: readonly { readonly at: number; readonly value: number }[],
  confidence = 0.95,
): Slope | undefined {
  const n = points.length
  const mean = (of: (point: (typeof points)[number]) => number) => points.reduce((sum, point) => sum + of(point), 0) / n
  const [meanAt, meanValue] = [mean(({ at }) => at), mean(({ value }) => value)]
  const spread = n * mean(({ at }) => (at - meanAt) ** 2)
  if (n < 3 || spread === 0) return undefined
  const slope = (n * mean(({ at, value }) => (at - meanAt) * (value - meanValue))) / spread
  const residuals = n * mean(({ at, value }) => (value - meanValue - slope * (at - meanAt)) ** 2)
  const reach = tQuantile((1 + confidence) / 2, n - 2) * Math.sqrt(residuals / (n - 2) / spread)
  return { slope, low: slope - reach, high: slope + reach }
}
