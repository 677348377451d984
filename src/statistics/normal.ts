/** Functions of the normal distribution: density, probabilities and quantiles. */

const SQRT_2PI = Math.sqrt(2 * Math.PI)
/** From this `z` on, the tail is computed as a continued fraction, below it as a series: each converges fast on its side. */
const TAIL_FROM = 3

/** Returns the density of the standard normal distribution at `z`. */
export function normalDensity(z: number): number {
  return Math.exp((-z * z) / 2) / SQRT_2PI
}

/**
 * Returns the probability that a standard normal number is at most `z`. The relative error is about 1e-15 in the tails beyond ±3; between them, the
 * absolute error is that small.
 * @see G. Marsaglia, "Evaluating the normal distribution" (2004) for the series; the tail is Laplace's continued fraction
 */
export function normalCdf(z: number): number {
  if (z > TAIL_FROM) return 1 - upperTail(z)
  if (z < -TAIL_FROM) return upperTail(-z)
  let term = z
  let sum = z
  for (let n = 3; Math.abs(term) > 1e-17 * Math.abs(sum); n += 2) {
    term *= (z * z) / n
    sum += term
  }
  return 0.5 + sum * normalDensity(z)
}

/** Returns the probability that a standard normal number is above `z`, for z ≥ 3. */
function upperTail(z: number): number {
  let fraction = 0
  for (let k = 160; k >= 1; k -= 1) fraction = k / (z + fraction)
  return normalDensity(z) / (z + fraction)
}

/** Returns the quantile `p` of the standard normal distribution. @throws RangeError unless 0 < p < 1 */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`a probability between 0 and 1 is needed, not ${p}`)
  // Newton's method on the smaller tail, whose logarithm is nearly straight in z².
  const tail = Math.min(p, 1 - p)
  let z = Math.sqrt(Math.max(0, -2 * Math.log(2 * tail))) * 0.9
  for (let round = 0; round < 60; round += 1) {
    const at = normalCdf(-z)
    const step = (at * Math.log(at / tail)) / normalDensity(z)
    z += step
    if (Math.abs(step) < 1e-15 * Math.max(1, z)) break
  }
  return p < 0.5 ? -z : z
}
