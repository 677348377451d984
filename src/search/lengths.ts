/** Computes how long each measurement of a search takes. */

/** The lengths that the user chose for the measurements of a capacity search (`burn search`), in s. */
export interface SearchLengths {
  /** Shortest warm-up before a measurement, in s. */
  readonly warmup: number
  /** Shortest measured time of a short measurement, in s. Short ones look for the limit. */
  readonly point: number
  /** Measured time of a long measurement, in s. Long ones confirm a load. */
  readonly confirm: number
}

/** What the next measurement is expected to give, judging by the one before. */
interface ExpectedPoint {
  /** Samples per second of the threshold that gathers its needed samples most slowly. */
  readonly perSecond: number
  /** Number of samples that this threshold needs, such as 200 for a p95. */
  readonly needed: number
  /** Expected p95 of the response time, in s. */
  readonly p95: number
}

/**
 * A measurement takes at most this many times its usual length to gather samples; when that does not suffice, the load is too small for its
 * thresholds.
 */
const LONGEST = 10

/** The smallest number of attempts that each measurement of a capacity search needs, even if its thresholds need fewer. */
export const LEAST_SAMPLES = 200

/**
 * Returns the length of one measurement of a capacity search: warm-up and measured time, in s. `isLong` is true for a measurement that confirms a
 * load. `expected` says what the measurement will probably give, judging by the one before. With it, the warm-up lasts at least two response times
 * (p95), so that the target's queue is full before measuring begins, and the measured time suffices for the samples needed; but both at most ten
 * times their usual length.
 */
export function lengthsFor(
  isLong: boolean,
  lengths: SearchLengths,
  expected: ExpectedPoint | undefined,
): { warmup: number; seconds: number } {
  const usual = isLong ? lengths.confirm : lengths.point
  if (expected === undefined) return { warmup: lengths.warmup, seconds: usual }
  const gathering = expected.perSecond > 0 ? expected.needed / expected.perSecond : usual
  return {
    warmup: Math.max(lengths.warmup, Math.min(LONGEST * lengths.warmup, 2 * expected.p95)),
    seconds: Math.min(LONGEST * usual, Math.max(usual, gathering)),
  }
}
