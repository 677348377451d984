/**
 * Holds the values of one latency metric in all blocks of one side as cumulative counts, from which quantiles of resampled blocks are read quickly.
 */

import type { MeasuredBlock } from '../metrics/groups/blocks.ts'
import { highestIn } from '../metrics/histogram/buckets.ts'
import { STEPS_PER_UNIT } from '../metrics/histogram/units.ts'

/**
 * The latency metrics that attempts have even if they timed out. For all other metrics, it is unknown whether a value would have come before the
 * time-out.
 */
const OF_EVERY_ATTEMPT: ReadonlySet<string> = new Set(['response_time', 'service_time'])

/**
 * All values of one latency metric on side A or B of a comparison. For the response time, attempts that timed out count as infinitely slow, so that
 * they do not look like fast replies. Other metrics, such as the time to the first token, leave them out.
 */
export class PooledLatency {
  /** The number of samples in each block, time-outs included. */
  readonly sizes: readonly number[]
  /** The histogram buckets in which any block has samples, in rising order. */
  private readonly buckets: readonly number[]
  /** Cumulative counts: for each bucket, and in it for each block, how many samples lie in this bucket or a lower one. */
  private readonly upTo: Float64Array
  private readonly blocks: number

  constructor(blocks: readonly MeasuredBlock[], metric: string) {
    const counts = blocks.map(({ latencies }) => new Map(pairsOf(latencies[metric]?.pairs ?? [])))
    this.buckets = [...new Set(counts.flatMap((of) => [...of.keys()]))].sort((a, b) => a - b)
    this.blocks = blocks.length
    this.upTo = new Float64Array(this.buckets.length * blocks.length)
    const seen = new Float64Array(blocks.length)
    for (const [cell, bucket] of this.buckets.entries()) {
      for (const [block, of] of counts.entries()) {
        seen[block] = (seen[block] ?? 0) + (of.get(bucket) ?? 0)
        this.upTo[cell * this.blocks + block] = seen[block] ?? 0
      }
    }
    this.sizes = blocks.map((block, i) => (seen[i] ?? 0) + (OF_EVERY_ATTEMPT.has(metric) ? block.counts.timeouts : 0))
  }

  /** The number of samples of all blocks, without time-outs. */
  get measured(): number {
    return this.buckets.length === 0 ? 0 : this.upTo.subarray(-this.blocks).reduce((sum, count) => sum + count, 0)
  }

  /**
   * Returns the quantile `p` (0 to 1) by nearest rank, in ms, when block i counts `weights[i]` times and `slowest` further attempts count as slower
   * than all others. Infinity when the quantile lies among time-outs; NaN when there are no samples.
   */
  quantile(p: number, weights: ArrayLike<number>, slowest = 0): number {
    let total = slowest
    for (let block = 0; block < this.blocks; block += 1) total += (weights[block] ?? 0) * (this.sizes[block] ?? 0)
    if (total === 0) return Number.NaN
    const rank = Math.max(1, Math.ceil(p * total - 1e-9))
    let low = 0
    let high = this.buckets.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.countUpTo(middle, weights) >= rank) high = middle
      else low = middle + 1
    }
    const bucket = this.buckets[low]
    return bucket === undefined ? Number.POSITIVE_INFINITY : highestIn(bucket) / STEPS_PER_UNIT.ms
  }

  private countUpTo(cell: number, weights: ArrayLike<number>): number {
    const { blocks, upTo } = this
    const start = cell * blocks
    let count = 0
    for (let block = 0; block < blocks; block += 1) count += (weights[block] ?? 0) * (upTo[start + block] ?? 0)
    return count
  }

  /** Returns how many samples each bucket holds, over all blocks. */
  counts(): ReadonlyMap<number, number> {
    let before = 0
    return new Map(
      this.buckets.map((bucket, cell) => {
        const upTo = this.upTo.subarray(cell * this.blocks, (cell + 1) * this.blocks).reduce((sum, count) => sum + count, 0)
        const count = upTo - before
        before = upTo
        return [bucket, count]
      }),
    )
  }
}

function* pairsOf(flat: readonly number[]): Generator<[number, number]> {
  for (let at = 0; at < flat.length; at += 2) yield [flat[at] ?? 0, flat[at + 1] ?? 0]
}
