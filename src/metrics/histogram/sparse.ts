/** Histograms in compact form, as timeline rows store them; they are added and read without allocating all 23,552 buckets. */
import type { ShardData } from '../../result/schema.ts'
import { percentileRank } from './bounds.ts'
import { highestIn } from './buckets.ts'
import { decodeCounts, encodeCounts } from './hdr-codec.ts'
import type { SparseHistogram } from './histogram.ts'
import { STEPS_PER_UNIT } from './units.ts'

/** Adds up two histograms that are lists of buckets without the empty ones, and returns the result in the same form. */
export function mergeSparse(a: SparseHistogram, b: SparseHistogram): SparseHistogram {
  return {
    pairs: mergePairs(a.pairs, b.pairs),
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    sumSteps: a.sumSteps + b.sumSteps,
    refused: a.refused + b.refused,
  }
}

function mergePairs(a: readonly number[], b: readonly number[]): number[] {
  const merged: number[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    const [left = Number.POSITIVE_INFINITY, right = Number.POSITIVE_INFINITY] = [a[i], b[j]]
    let count = 0
    if (left <= right) count += a[i + 1] ?? 0
    if (right <= left) count += b[j + 1] ?? 0
    merged.push(Math.min(left, right), count)
    if (left <= right) i += 2
    if (right <= left) j += 2
  }
  return merged
}

/**
 * Returns the percentiles `ps` (rising, 0 to 100) of a histogram of times, in ms. The values are the same as those of `Histogram.percentiles`. The
 * list is empty when the histogram has no samples.
 */
export function sparsePercentiles({ pairs, min, max }: SparseHistogram, ps: readonly number[]): number[] {
  let count = 0
  for (let at = 1; at < pairs.length; at += 2) count += pairs[at] ?? 0
  if (count === 0) return []
  let at = 0
  let seen = pairs[1] ?? 0
  return ps.map((p) => {
    for (const rank = percentileRank(count, p); seen < rank && at < pairs.length; seen += pairs[at + 1] ?? 0) at += 2
    return p >= 100 ? max : Math.min(Math.max(highestIn(pairs[at] ?? 0) / STEPS_PER_UNIT.ms, min), max)
  })
}

/** A histogram with samples in the form in which the result of a shard holds it. */
type StoredSparse = ShardData['seconds'][number]['latencies'][string]

/** Converts a histogram to the form in which the result of a shard (part of a run) stores it. The histogram must have samples. */
export function storedSparse({ pairs, min, max, sumSteps }: SparseHistogram): StoredSparse {
  const counts = new Uint32Array((pairs.at(-2) ?? -1) + 1)
  for (let at = 0; at < pairs.length; at += 2) counts[pairs[at] ?? 0] = pairs[at + 1] ?? 0
  return { histogram: encodeCounts(counts, pairs[0] ?? 0), min, max, sumSteps }
}

/**
 * Reads a histogram from the form in which the result of a shard (part of a run) stores it.
 * @throws InputError when it is damaged
 */
export function readSparse({ histogram, min, max, sumSteps }: StoredSparse): SparseHistogram {
  return { pairs: decodeCounts(histogram), min, max, sumSteps, refused: 0 }
}
