/**
 * Converts thresholds and their intervals to and from the form in which the result of one of several shards stores them; they are evaluated over
 * all shards.
 */
import { InputError } from '../../errors.ts'
import type { ShardData } from '../../result/schema.ts'
import { storedCounters } from '../counts/counters.ts'
import type { Histogram } from '../histogram/histogram.ts'
import { storedSparse } from '../histogram/sparse.ts'
import type { Interval } from './interval.ts'
import { complete, parseThreshold, type Threshold } from './threshold.ts'

/** A threshold in the form in which the result of a shard stores it, with the numbers that are needed to evaluate it over all shards. */
export type StoredThreshold = ShardData['thresholds'][number]
/** The counters and samples of one second of a run, in the form in which the result of a shard stores them for a threshold with a time window. */
export type StoredInterval = NonNullable<StoredThreshold['intervals']>[number]

/** Converts a threshold with all its options to the form in which the result of a shard stores it. */
export function storedThreshold(threshold: Threshold): StoredThreshold {
  const { text, windowMs, abort, afterMs, minSamples, onMissing, severity, uncertainty } = threshold
  return {
    text,
    ...(windowMs === undefined ? {} : { windowMs }),
    ...{ abort, afterMs, minSamples, onMissing, severity },
    ...(uncertainty === undefined ? {} : { uncertainty }),
  }
}

/**
 * Parses a threshold that is stored in the result of a shard.
 * @throws InputError when this version of burn cannot read it
 */
export function readThreshold(stored: StoredThreshold): Threshold {
  const { text, windowMs, abort, afterMs, minSamples, onMissing, severity, uncertainty } = stored
  const parsed = parseThreshold(text)
  if (!parsed.ok) throw new InputError(`the threshold ${text} of a shard cannot be read: ${parsed.message}`, parsed.hint)
  const options = { abort, after: afterMs, min_samples: minSamples, on_missing: onMissing, severity }
  const read = complete(parsed.threshold, windowMs === undefined ? options : { ...options, window: windowMs })
  return { ...read, uncertainty }
}

/**
 * Converts the counters and the samples of one metric in an interval (a second) of a run to the form in which the result of a shard stores them.
 * `sofar` is the metric's histogram from the start of the run to the end of the interval. Its minimum and maximum are stored with the samples,
 * because those of the interval alone are not known exactly.
 */
export function storedInterval(
  { toMs, counters, samples }: Interval,
  metric: string,
  sofar: Histogram | undefined,
): StoredInterval {
  const news = samples(metric)
  const hasSamples = news !== undefined && news.pairs.length > 0
  // The min and max of an interval are known to 0.1 %, those of the whole run so far exactly, so the latter are stored.
  const ends = { min: sofar?.min ?? 0, max: sofar?.max ?? 0 }
  return { toMs, counters: storedCounters(counters), ...(hasSamples ? { samples: storedSparse({ ...news, ...ends }) } : {}) }
}
