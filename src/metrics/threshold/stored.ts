/** Thresholds and their intervals in the form in which the result of a shard holds them, from which they are judged over all shards. */
import { InputError } from '../../errors.ts'
import type { ShardData } from '../../result/schema.ts'
import { storedCounters } from '../counts/counters.ts'
import type { Histogram } from '../histogram/histogram.ts'
import { storedSparse } from '../histogram/sparse.ts'
import type { Interval } from './interval.ts'
import { complete, parseThreshold, type Threshold } from './threshold.ts'

/** A threshold in the result of a shard, with what it needs beside the rest of the result. */
export type StoredThreshold = ShardData['thresholds'][number]
/** What one second of a run held, for a threshold with a window. */
export type StoredInterval = NonNullable<StoredThreshold['intervals']>[number]

/** Returns a threshold with all its options. */
export function storedThreshold(threshold: Threshold): StoredThreshold {
  const { text, windowMs, abort, afterMs, minSamples, onMissing, severity } = threshold
  return { text, ...(windowMs === undefined ? {} : { windowMs }), abort, afterMs, minSamples, onMissing, severity }
}

/** Returns the threshold that was stored. @throws InputError when this version of burn cannot read it */
export function readThreshold({ text, windowMs, abort, afterMs, minSamples, onMissing, severity }: StoredThreshold): Threshold {
  const parsed = parseThreshold(text)
  if (!parsed.ok) throw new InputError(`the threshold ${text} of a shard cannot be read: ${parsed.message}`, parsed.hint)
  const options = { abort, after: afterMs, min_samples: minSamples, on_missing: onMissing, severity }
  return complete(parsed.threshold, windowMs === undefined ? options : { ...options, window: windowMs })
}

/** Returns what an interval adds to those before it. `sofar` holds all values of the metric until its end. */
export function storedInterval(
  { toMs, counters, samples }: Interval,
  metric: string,
  sofar: Histogram | undefined,
): StoredInterval {
  const news = samples(metric)
  const hasSamples = news !== undefined && news.pairs.length > 0
  // The ends of the interval are known to 0.1 %, those of the run until now exactly: from these all others follow.
  const ends = { min: sofar?.min ?? 0, max: sofar?.max ?? 0 }
  return { toMs, counters: storedCounters(counters), ...(hasSamples ? { samples: storedSparse({ ...news, ...ends }) } : {}) }
}
