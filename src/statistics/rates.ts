/** Shares of attempts, such as error rates: their bounds, and whether two of them differ. */
import { logChoose } from './beta.ts'
import { binomialCdf } from './binomial.ts'
import { normalQuantile } from './normal.ts'

/** A range of values, both ends included. */
export interface Bounds {
  readonly low: number
  readonly high: number
}

/** A share as two counts: `part` of `whole`. */
export interface Share {
  readonly part: number
  readonly whole: number
}

/** Returns the bounds of a share at confidence 1 − `alpha`, by Wilson's score. NaN for a share of nothing. */
export function wilson({ part, whole }: Share, alpha = 0.05): Bounds {
  const z = normalQuantile(1 - alpha / 2)
  const share = part / whole
  const centre = share + z ** 2 / (2 * whole)
  const reach = z * Math.sqrt((share * (1 - share)) / whole + z ** 2 / (4 * whole ** 2))
  const scale = 1 + z ** 2 / whole
  return { low: Math.max(0, (centre - reach) / scale), high: Math.min(1, (centre + reach) / scale) }
}

/**
 * Returns the bounds of the difference of two shares, B − A, with confidence 1 − `alpha`, by Newcombe's method 10, which combines the
 * Wilson bounds of both.
 */
export function newcombe(a: Share, b: Share, alpha = 0.05): Bounds {
  const [ofA, ofB] = [wilson(a, alpha), wilson(b, alpha)]
  const [shareA, shareB] = [a.part / a.whole, b.part / b.whole]
  return {
    low: shareB - shareA - Math.hypot(shareB - ofB.low, ofA.high - shareA),
    high: shareB - shareA + Math.hypot(ofB.high - shareB, shareA - ofA.low),
  }
}

/** Returns the two-sided p-value of Fisher's exact test: the probability of two shares at least as different when both have the same true rate. */
export function fisher(a: Share, b: Share): number {
  const parts = a.part + b.part
  const whole = a.whole + b.whole
  const chance = (ofA: number) => Math.exp(logChoose(a.whole, ofA) + logChoose(b.whole, parts - ofA) - logChoose(whole, parts))
  const seen = chance(a.part) * (1 + 1e-7)
  let sum = 0
  for (let ofA = Math.max(0, parts - b.whole); ofA <= Math.min(parts, a.whole); ofA += 1) {
    const one = chance(ofA)
    if (one <= seen) sum += one
  }
  return Math.min(1, sum)
}

/** Returns the p-value of McNemar's exact test for paired yes-no outcomes: `onlyA` pairs were true in A alone, `onlyB` in B alone. */
export function mcNemar(onlyA: number, onlyB: number): number {
  return Math.min(1, 2 * binomialCdf(Math.min(onlyA, onlyB), onlyA + onlyB, 0.5))
}
