/** The measured points of a search, and the two loads between which the limit lies. */

/** One measured load of a capacity search, with its outcome for one set of thresholds. */
export interface SearchPoint {
  /** Load of the measurement: number of users, or arrivals per second. */
  readonly load: number
  /** Measured time in s without warm-up, which is the weight of the point. */
  readonly seconds: number
  /** True for a measurement that is long enough to confirm a load; short ones only look for the limit. */
  readonly isLong: boolean
  /** True when the measured load met all thresholds of the set. */
  readonly holds: boolean
  /** How much of its limit the most critical threshold has used: 1 at the limit, more beyond it (see `usedOf`). */
  readonly used: number
}

/** The loads on both sides of the limit of a capacity search, which is the largest load that meets the thresholds. */
interface Bracket {
  /** The highest load that meets the thresholds; 0 when none does. */
  readonly low: number
  /** The lowest load above it that does not meet them; Infinity when none was found. */
  readonly high: number
}

/**
 * Returns the two measured loads between which the limit of a capacity search (the largest load that meets the thresholds) lies: one that passed, or
 * 0, and a higher one that failed, or Infinity. A load may pass by chance although a lower one failed. The limit is therefore placed so that as much
 * measuring time as possible agrees with it: loads up to it passed, loads above it failed.
 */
export function bracketOf(points: readonly SearchPoint[]): Bracket {
  const cuts = [0, ...new Set(points.map(({ load }) => load))].sort((a, b) => a - b)
  const agreement = (cut: number) =>
    points.reduce((sum, { holds, load, seconds }) => sum + (holds === load <= cut ? seconds : 0), 0)
  let [best, limit] = [-1, 0]
  for (const cut of cuts) {
    const at = agreement(cut)
    // Among equally good limits the lowest is chosen, which is the cautious choice.
    if (at > best + 1e-9) [best, limit] = [at, cut]
  }
  const low = points.filter(({ holds, load }) => holds && load <= limit).map(({ load }) => load)
  const high = points.filter(({ holds, load }) => !holds && load > limit).map(({ load }) => load)
  return { low: Math.max(0, ...low), high: Math.min(Number.POSITIVE_INFINITY, ...high) }
}
