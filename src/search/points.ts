/** What a search has measured, and between which loads the limit lies. */

/** One measurement of a search, as one set of thresholds sees it. */
export interface SearchPoint {
  /** Users, or arrivals per second. */
  readonly load: number
  /** Measured time in s, warm-up left out: the weight of the point. */
  readonly seconds: number
  /** True for a measurement that is long enough to confirm a load; short ones only find the way. */
  readonly isLong: boolean
  /** True when all thresholds passed. */
  readonly holds: boolean
  /** How much of what the thresholds allow is used, by the one that is nearest to its limit: 1 at the limit, more beyond it. */
  readonly used: number
}

/** The loads between which the limit lies. */
interface Bracket {
  /** The highest load that holds; 0 when none does. */
  readonly low: number
  /** The lowest load above it that does not hold; Infinity when none was found. */
  readonly high: number
}

/**
 * Returns the loads between which the limit lies. A short measurement can fail or hold by chance, and points may contradict each other: the limit
 * is where they agree best, each weighted by its time.
 */
export function bracketOf(points: readonly SearchPoint[]): Bracket {
  const cuts = [0, ...new Set(points.map(({ load }) => load))].sort((a, b) => a - b)
  const agreement = (cut: number) =>
    points.reduce((sum, { holds, load, seconds }) => sum + (holds === load <= cut ? seconds : 0), 0)
  let [best, limit] = [-1, 0]
  for (const cut of cuts) {
    const at = agreement(cut)
    // Of equal ones the lowest: rather too low than too high.
    if (at > best + 1e-9) [best, limit] = [at, cut]
  }
  const low = points.filter(({ holds, load }) => holds && load <= limit).map(({ load }) => load)
  const high = points.filter(({ holds, load }) => !holds && load > limit).map(({ load }) => load)
  return { low: Math.max(0, ...low), high: Math.min(Number.POSITIVE_INFINITY, ...high) }
}
