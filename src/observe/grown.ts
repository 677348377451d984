/** Computes by how much counters and histograms of a server have grown, also when the server restarts. */
import { MAX_SAMPLES } from './asking/prometheus.ts'

/** The growth of a server's Prometheus counter since its first reading in this run, summed over all sets of labels. */
export class GrownCounter {
  delta = 0
  /** Number of times that the counter was smaller than before, because its server had restarted. */
  resets = 0
  private readonly last = new Map<string, number>()

  /**
   * Adds the values in one reply, by their labels. With `first`, they are the starting point and count as no growth; a set of labels that appears
   * later started at 0.
   */
  take(series: ReadonlyMap<string, number>, first: boolean): void {
    for (const [key, value] of series) {
      if (!(value >= 0 && Number.isFinite(value))) continue
      const before = this.last.get(key)
      if (before === undefined && this.last.size >= MAX_SAMPLES) continue
      this.last.set(key, value)
      if (first) continue
      if (before !== undefined && value < before) this.resets += 1
      this.delta += before === undefined || value < before ? value : value - before
    }
  }
}

/**
 * One histogram in a reply of Prometheus metrics, for one set of labels: the cumulative count of each bucket by the bucket's upper limit, and the
 * sum and count of all values.
 */
export interface BucketLines {
  readonly buckets: Map<number, number>
  sum: number
  count: number
}

/**
 * A quantile of a Prometheus histogram: interpolated within its bucket, with the limits of that bucket. `to` is null for the last bucket, which has
 * no upper limit.
 */
interface BucketQuantile {
  readonly value: number
  readonly from: number
  readonly to: number | null
}

/** The growth of the buckets of a server's Prometheus histogram since its first reading in this run, summed over all sets of labels. */
export class GrownBuckets {
  count = 0
  sum = 0
  resets = 0
  private readonly buckets = new Map<number, number>()
  private readonly last = new Map<string, BucketLines>()

  /** Adds the histogram in one reply, by labels, in the same way as `GrownCounter` adds values. */
  take(series: ReadonlyMap<string, BucketLines>, first: boolean): void {
    for (const [key, lines] of series) {
      if (![lines.sum, lines.count, ...lines.buckets.values()].every(Number.isFinite)) continue
      const before = this.last.get(key)
      if (before === undefined && this.last.size >= MAX_SAMPLES) continue
      this.last.set(key, lines)
      if (first) continue
      const isReset = before !== undefined && lines.count < before.count
      if (isReset) this.resets += 1
      const from = isReset ? undefined : before
      this.count += lines.count - (from?.count ?? 0)
      this.sum += lines.sum - (from?.sum ?? 0)
      for (const [upTo, count] of lines.buckets)
        this.buckets.set(upTo, (this.buckets.get(upTo) ?? 0) + Math.max(0, count - (from?.buckets.get(upTo) ?? 0)))
    }
  }

  get mean(): number | null {
    return this.count > 0 ? this.sum / this.count : null
  }

  /** Returns the quantile `share` (0 to 1), interpolated within its bucket as Prometheus' histogram_quantile does; null when there are no buckets. */
  quantile(share: number): BucketQuantile | null {
    const borders = [...this.buckets].sort(([a], [b]) => a - b)
    const all = borders.at(-1)?.[1] ?? 0
    if (all <= 0) return null
    let [from, below] = [0, 0]
    for (const [to, count] of borders) {
      // A bucket below zero has no known lower end.
      if (from > to) from = to
      if (count >= share * all && count > below) {
        if (!Number.isFinite(to)) return { value: from, from, to: null }
        return { value: from + (to - from) * Math.max(0, (share * all - below) / (count - below)), from, to }
      }
      ;[from, below] = [to, Math.max(below, count)]
    }
    return null
  }
}
