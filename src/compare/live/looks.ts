/** Evaluates a comparison before its end. Each evaluation is a chance to be wrong, so early ones need far more certainty. */
import { normalCdf, normalQuantile } from '../../statistics/normal.ts'

/** How many times a live comparison looks at the data to see whether the verdict is certain already; the last time is at the end. */
export const LOOKS = 5
/** By how much the last look is stricter than a single one would be, for a confidence of 95 %; less for higher ones, so this is on the safe side. */
const LAST_LOOK = 2.04 / 1.959_964

/**
 * Returns the error probability (one less the confidence) for the bounds at look number `look` (from 1) of `LOOKS`, chosen so that all
 * looks together are wrong no more often than a single one with `alpha`.
 * @see P. O'Brien and T. Fleming, "A multiple testing procedure for clinical trials" (1979)
 */
export function alphaAtLook(look: number, alpha: number): number {
  const z = normalQuantile(1 - alpha / 2) * LAST_LOOK * Math.sqrt(LOOKS / look)
  return 2 * normalCdf(-z)
}
