/** The gamma distribution's cumulative distribution function. @see DLMF 5.11, 8.11.4 and 8.9.2; W. H. Press et al., Numerical Recipes, 6.2 */

/** Largest number of terms of the series: enough for shapes up to 1,000. */
const MAX_TERMS = 2000
/** The series ends at a term that changes the sum by less than this share. */
const SMALL = 1e-14

/**
 * Returns the cumulative distribution function of the gamma distribution with this `shape` and mean 1: the probability of a value up to a given one.
 * It describes the gaps between arrivals.
 */
export function gammaShare(shape: number): (value: number) => number {
  const logGammaOfShape = logGamma(shape)
  return (value) => {
    if (value <= 0) return 0
    const x = value * shape
    const factor = Math.exp(-x + shape * Math.log(x) - logGammaOfShape)
    // Each of the two forms converges fast on its own side.
    return x < shape + 1 ? factor * lowerSeries(shape, x) : 1 - factor * upperFraction(shape, x)
  }
}

function lowerSeries(shape: number, x: number): number {
  let term = 1 / shape
  let sum = term
  for (let n = 1; n < MAX_TERMS && term > sum * SMALL; n += 1) {
    term *= x / (shape + n)
    sum += term
  }
  return sum
}

/** Computes the upper part of the distribution with Lentz's method for continued fractions. */
function upperFraction(shape: number, x: number): number {
  let b = x + 1 - shape
  let c = Number.POSITIVE_INFINITY
  let d = 1 / b
  let fraction = d
  for (let n = 1; n < MAX_TERMS; n += 1) {
    const a = -n * (n - shape)
    b += 2
    d = 1 / (a * d + b)
    c = b + a / c
    fraction *= c * d
    if (Math.abs(c * d - 1) < SMALL) break
  }
  return fraction
}

/** Computes the logarithm of the gamma function by Stirling's series; small arguments are first moved up by the recurrence Γ(x + 1) = x·Γ(x). */
function logGamma(x: number): number {
  if (x < 10) return logGamma(x + 1) - Math.log(x)
  const inverse = 1 / (x * x)
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse / 1680))) / x
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + series
}
