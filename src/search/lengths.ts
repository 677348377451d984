/** How long a measurement of a search takes. */

/** The lengths that the user has chosen, in s. */
export interface SearchLengths {
  /** The least warm-up. */
  readonly warmup: number
  /** The least time that is measured when the way is searched. */
  readonly point: number
  /** The time that is measured to confirm a load. */
  readonly confirm: number
}

/** What is expected of the measurement, from the one before. */
interface Expected {
  /** Samples per second of the threshold that has the fewest for what it needs. */
  readonly perSecond: number
  /** Samples that it needs, such as 200 for a p95. */
  readonly needed: number
  /** p95 of the response time, in s. */
  readonly p95: number
}

/** A measurement never takes longer than this many times its usual length to gather samples: then the load is too small for its thresholds. */
const LONGEST = 10

/** The samples that any point needs, whatever its thresholds. */
export const LEAST_SAMPLES = 200

/** Returns warm-up and measured time in s. The warm-up lasts at least two response times, so that the queue of a load has filled before it is measured. */
export function lengthsFor(
  isLong: boolean,
  lengths: SearchLengths,
  expected: Expected | undefined,
): { warmup: number; seconds: number } {
  const usual = isLong ? lengths.confirm : lengths.point
  if (expected === undefined) return { warmup: lengths.warmup, seconds: usual }
  const gathering = expected.perSecond > 0 ? expected.needed / expected.perSecond : usual
  return {
    warmup: Math.max(lengths.warmup, Math.min(LONGEST * lengths.warmup, 2 * expected.p95)),
    seconds: Math.min(LONGEST * usual, Math.max(usual, gathering)),
  }
}
