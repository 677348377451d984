/** Computes confidence bounds of shares, such as error rates, and of the difference of two shares. */
import { binomialCdf } from './binomial.ts'
import { normalQuantile } from './normal.ts'

/** A range of values, both ends included, such as a confidence interval. */
interface Bounds {
  readonly low: number
  readonly high: number
}

/** A proportion as two counts: `part` of `whole`. */
export interface Proportion {
  readonly part: number
  readonly whole: number
}

/** Returns the confidence interval of a proportion at the level 1 − `alpha`, by Wilson's score method. NaN when `whole` is 0. */
export function wilson({ part, whole }: Proportion, alpha = 0.05): Bounds {
  const z = normalQuantile(1 - alpha / 2)
  const share = part / whole
  const centre = share + z ** 2 / (2 * whole)
  const reach = z * Math.sqrt((share * (1 - share)) / whole + z ** 2 / (4 * whole ** 2))
  const scale = 1 + z ** 2 / whole
  return { low: Math.max(0, (centre - reach) / scale), high: Math.min(1, (centre + reach) / scale) }
}

/**
 * Returns the confidence interval of the difference of two proportions, B − A, at the level 1 − `alpha`, by Newcombe's method 10, which combines the
 * Wilson intervals of both. NaN when `whole` is 0 in one of them.
 */
export function newcombe(a: Proportion, b: Proportion, alpha = 0.05): Bounds {
  const [ofA, ofB] = [wilson(a, alpha), wilson(b, alpha)]
  const [shareA, shareB] = [a.part / a.whole, b.part / b.whole]
  return {
    low: shareB - shareA - Math.hypot(shareB - ofB.low, ofA.high - shareA),
    high: shareB - shareA + Math.hypot(ofB.high - shareB, shareA - ofA.low),
  }
}

/**
 * Returns the p-value of McNemar's exact test for yes-no outcomes of the same items under A and B: `onlyA` items were true under A alone, `onlyB`
 * under B alone.
 */
export function mcNemar(onlyA: number, onlyB: number): number {
  return Math.min(1, 2 * binomialCdf(Math.min(onlyA, onlyB), onlyA + onlyB, 0.5))
}
