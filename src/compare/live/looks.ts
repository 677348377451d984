/** Plans the evaluations of a live comparison before its end. Each one is another chance to be wrong, so early ones need far more certainty. */
import { normalCdf, normalQuantile } from '../../statistics/normal.ts'

/**
 * The number of times that a live comparison is evaluated, to end it as soon as the verdict is certain. The last evaluation is at the end of the
 * runs.
 */
export const LOOKS = 5
/**
 * By which factor the bounds of the last of five evaluations of a live comparison are wider than those of a single evaluation. It is exact for a
 * confidence of 95 % and slightly too large, so on the safe side, for a higher one.
 */
const LAST_LOOK = 2.04 / 1.959_964

/**
 * Returns the error probability (1 minus the confidence level) to use for evaluation number `look` (from 1 to `LOOKS`) of a live comparison. With
 * these probabilities, all evaluations together give a wrong verdict no more often than a single one with `alpha`.
 * @see P. O'Brien and T. Fleming, "A multiple testing procedure for clinical trials" (1979)
 */
export function alphaAtLook(look: number, alpha: number): number {
  const z = normalQuantile(1 - alpha / 2) * LAST_LOOK * Math.sqrt(LOOKS / look)
  return 2 * normalCdf(-z)
}
