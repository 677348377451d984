/** Computes how far two raters agree beyond the agreement that chance alone gives. */

/**
 * Returns Cohen's kappa, the agreement of two judges about the same items beyond chance: (observed agreement − agreement by chance) ÷ (1 − agreement
 * by chance). 1 is full agreement, 0 is chance. Null without items, and when all verdicts are equal.
 * @see J. Cohen, "A coefficient of agreement for nominal scales" (1960)
 */
export function cohensKappa(pairs: readonly (readonly [string, string])[]): number | null {
  const verdicts = new Set(pairs.flat())
  const share = (count: number) => count / pairs.length
  const seen = share(pairs.filter(([a, b]) => a === b).length)
  const chance = [...verdicts].reduce(
    (sum, verdict) =>
      sum + share(pairs.filter(([a]) => a === verdict).length) * share(pairs.filter(([, b]) => b === verdict).length),
    0,
  )
  return pairs.length === 0 || chance === 1 ? null : (seen - chance) / (1 - chance)
}
