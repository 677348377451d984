/** The distribution of a metric: an HDR histogram with a fixed range, and the exact count, sum, minimum and maximum. */
import { InputError } from '../../errors.ts'
import type { Distribution, MetricUnit } from '../../result/schema.ts'
import { certifiedIn, hasFewSamples, percentileRank, type SampleEdges } from './bounds.ts'
import { BucketCounts } from './bucket-counts.ts'
import { bucketOf, highestIn, lowestIn, middleOf } from './buckets.ts'
import { decodeCounts, encodeCounts, HIGHEST } from './hdr-codec.ts'
import type { SampleLog } from './sample-log.ts'
import { Samples } from './samples.ts'

/** The percentiles, such as 50, 95 and 99, that a result states for each distribution. */
export const REPORTED_PERCENTILES = [50, 75, 90, 95, 99, 99.9] as const

/** A histogram as a list of its non-empty buckets, small enough to store one for each second. It can be added to another without loss. */
export interface SparseHistogram {
  /** The buckets: index, count, index, count, … in rising order of index. */
  readonly pairs: readonly number[]
  /** The smallest value, in the metric's unit; Infinity (and −Infinity for `max`) without samples. */
  readonly min: number
  readonly max: number
  /** The sum of all values in integer steps, so that sums are exact. */
  readonly sumSteps: number
  readonly refused: number
}

/**
 * A cache of the distributions (percentiles and encoded histogram) in one result. It saves encoding equal histograms again, such as those of a run,
 * its only phase and its only step. The key consists of a histogram's unit, and of the number, ends and sum of its values.
 */
export type MadeDistributions = Map<string, { readonly counts: Uint32Array<ArrayBuffer>; readonly distribution: Distribution }>
/** Largest number of distributions in the cache: about 6 MB while a result is made. */
const MAX_MADE = 64

/**
 * A histogram of one metric's values. Percentiles are accurate to 0.1 % or one step (see `STEPS_PER_UNIT`) up to 3.6e9 steps, and never outside min
 * and max. The memory depends on the buckets in use, and is at most 95 KB.
 */
export class Histogram extends Samples {
  readonly unit: MetricUnit
  private readonly buckets = new BucketCounts()

  constructor(unit: MetricUnit) {
    super(unit)
    this.unit = unit
  }

  protected keep(bucket: number): void {
    this.buckets.increment(bucket)
  }

  /** The smallest value; null without samples, as are `max` and `mean`. */
  get min(): number | null {
    return this.count === 0 ? null : this.lowest
  }

  get max(): number | null {
    return this.count === 0 ? null : this.highest
  }

  get mean(): number | null {
    return this.count === 0 ? null : this.sum / this.count
  }

  /** The sum of all values, each rounded to an integer step. */
  get sum(): number {
    return this.sumSteps / this.steps
  }

  /** Returns the value that `p` % of the samples do not exceed, by nearest rank; null without samples. */
  percentile(p: number): number | null {
    if (this.count === 0) return null
    return p <= 0 ? this.lowest : (this.percentiles([p])[0] ?? null)
  }

  /** Returns the percentiles `ps`, which must be in rising order, in one pass over the buckets; null for each without samples. */
  percentiles(ps: readonly number[]): (number | null)[] {
    const { count } = this
    if (count === 0) return ps.map(() => null)
    const ranks = ps.map((p) => percentileRank(count, p))
    return this.buckets.holding(ranks).map((index, i) => {
      if ((ps[i] ?? 0) >= 100) return this.highest
      return Math.min(Math.max(highestIn(index) / this.steps, this.lowest), this.highest)
    })
  }

  /** Returns the smallest and largest value that the samples of the given ranks (rising, from 1) can have: the ends of their buckets. */
  edgesAt(ranks: readonly number[]): SampleEdges[] {
    return this.buckets.holding(ranks).map((index) => ({
      low: Math.max(lowestIn(index) / this.steps, this.lowest),
      high: Math.min(highestIn(index) / this.steps, this.highest),
    }))
  }

  /** Returns the number of samples above `value`, which is compared with a precision of 0.1 %. */
  countAbove(value: number): number {
    if (this.count === 0 || this.highest <= value) return 0
    let above = 0
    const end = this.indexOf(this.highest)
    for (let index = this.indexOf(Math.max(value, this.lowest)) + 1; index <= end; index += 1) above += this.buckets.at(index)
    return value < this.lowest ? this.count : above
  }

  /** Adds all samples of another histogram. @throws InputError when the units differ */
  merge(other: Histogram): void {
    if (other.unit !== this.unit) throw new InputError(`a distribution in ${other.unit} cannot be added to one in ${this.unit}`)
    this.addSparse(other.sparse())
  }

  override reset(): void {
    if (this.count > 0) this.buckets.clear()
    super.reset()
  }

  /** Returns the histogram as a list of those buckets that are not empty. */
  sparse(): SparseHistogram {
    return {
      pairs: this.pairsBeyond(undefined),
      min: this.lowest,
      max: this.highest,
      sumSteps: this.sumSteps,
      refused: this.refused,
    }
  }

  /** Returns the samples recorded since `seen` was copied from this histogram. Their min and max are exact to 0.1 %. */
  since(seen: Histogram): SparseHistogram {
    const pairs = this.count > seen.count ? this.pairsBeyond(seen) : []
    return { pairs, ...this.endsOf(pairs), sumSteps: this.sumSteps - seen.sumSteps, refused: this.refused - seen.refused }
  }

  /** Returns index and count of each bucket that has more samples than in `seen`. */
  private pairsBeyond(seen: Histogram | undefined): number[] {
    if (this.count === 0) return []
    return this.buckets.pairs(this.indexOf(this.lowest), this.indexOf(this.highest), seen?.buckets)
  }

  /** Adds the samples of a sparse histogram. @throws InputError for an impossible index or count, or when a bucket is full (4.29 billion) */
  addSparse(other: SparseHistogram): void {
    this.refused += other.refused
    if (other.pairs.length === 0) return
    for (let at = 0; at < other.pairs.length; at += 2) this.addAt(other.pairs[at] ?? -1, other.pairs[at + 1] ?? 0)
    this.addExact({ lowest: other.min, highest: other.max, sumSteps: other.sumSteps })
  }

  /**
   * Removes samples that were added by `addSparse`. `lowest` and `highest` are the smallest and largest value of the samples that remain. @throws
   * InputError when a bucket has fewer
   */
  removeSparse(other: SparseHistogram, lowest: number, highest: number): void {
    this.refused -= other.refused
    if (other.pairs.length === 0) return
    for (let at = 0; at < other.pairs.length; at += 2) {
      const count = other.pairs[at + 1] ?? 0
      this.buckets.remove(other.pairs[at] ?? -1, count)
      this.count -= count
    }
    this.sumSteps -= other.sumSteps
    this.lowest = lowest
    this.highest = highest
  }

  /** Adds all samples of a sample log. */
  addLog(log: SampleLog): void {
    this.refused += log.refused
    if (log.count === 0) return
    this.buckets.incrementAll(log.indexes, log.count)
    this.count += log.count
    this.addExact(log)
  }

  /** Returns the buckets as text (HdrHistogram V2, compressed, base64). Min, max and sum are not in it. */
  encode(): string {
    return encodeCounts(this.countsUsed(), this.firstUsed())
  }

  /** Returns the counts of the buckets from the first to the last one with a sample. */
  private countsUsed(): Uint32Array<ArrayBuffer> {
    return this.buckets.first(this.count === 0 ? 0 : this.indexOf(this.highest) + 1)
  }

  /** Returns the index of the first bucket with a sample; 0 when there is none. */
  private firstUsed(): number {
    return this.count === 0 ? 0 : this.indexOf(this.lowest)
  }

  /**
   * Returns the histogram whose buckets a text holds. Min, max and sum are computed from the buckets, to 0.1 %.
   * @throws InputError when the text is damaged or was made with other settings
   */
  static decode(unit: MetricUnit, text: string): Histogram {
    const histogram = new Histogram(unit)
    const pairs = decodeCounts(text)
    for (let at = 0; at < pairs.length; at += 2) {
      const [index = 0, count = 0] = [pairs[at], pairs[at + 1]]
      histogram.addAt(index, count)
      histogram.sumSteps += middleOf(index) * count
      histogram.lowest = Math.min(histogram.lowest, lowestIn(index) / histogram.steps)
      histogram.highest = highestIn(index) / histogram.steps
    }
    return histogram
  }

  /** Returns the histogram of a distribution in a result file, with its exact min, max and sum. @throws InputError when it is damaged */
  static of(stored: Distribution): Histogram {
    const histogram = Histogram.decode(stored.unit, stored.histogram)
    histogram.makeExact(stored)
    return histogram
  }

  /** Sets the exact min, max and mean from a stored distribution that has these buckets. @throws InputError when they do not fit the buckets */
  makeExact({ count, min, max, mean }: Distribution): void {
    if (this.count !== count) {
      const message = `a distribution says ${count} samples, its histogram holds ${this.count}`
      throw new InputError(message, 'the file was edited or damaged')
    }
    if (min === null || max === null || mean === null) return
    this.setExact(min, max)
    this.sumSteps = Math.round(mean * count * this.steps)
  }

  /**
   * Returns the histogram as a distribution for a result file. `leftOut` is the number of ok attempts without a value. A distribution of the same
   * samples in `made` is reused; a new one is added to it.
   */
  toDistribution(leftOut = 0, made: MadeDistributions = new Map()): Distribution {
    const { unit, count, lowest, highest, sumSteps } = this
    const key = [unit, count, lowest, highest, sumSteps].join(' ')
    const counts = this.countsUsed()
    const known = made.get(key)
    if (known && Buffer.from(known.counts.buffer).equals(Buffer.from(counts.buffer))) return { ...known.distribution, leftOut }
    const distribution = {
      ...this.summary(leftOut),
      ...certifiedIn(this, REPORTED_PERCENTILES),
      histogram: encodeCounts(counts, this.firstUsed()),
    }
    if (made.size >= MAX_MADE) made.clear()
    made.set(key, { counts, distribution })
    return distribution
  }

  /**
   * Returns the distribution for a result file without the parts that take long to compute: the text of its buckets, and the bounds of its
   * percentiles.
   */
  summary(leftOut = 0): Distribution {
    const values = this.percentiles(REPORTED_PERCENTILES)
    const names = REPORTED_PERCENTILES.map((p, i) => [`p${p}`, values[i] ?? null] as const)
    return {
      unit: this.unit,
      count: this.count,
      min: this.min,
      max: this.max,
      mean: this.mean,
      percentiles: Object.fromEntries(names),
      fewSamples: REPORTED_PERCENTILES.filter((p) => hasFewSamples(this.count, p)).map((p) => `p${p}`),
      leftOut,
      histogram: '',
    }
  }

  /** Number of buckets from the first to the last one with a sample, which decides how long encoding takes. */
  get width(): number {
    return this.count === 0 ? 0 : this.indexOf(this.highest) - this.indexOf(this.lowest) + 1
  }

  /** Returns an independent copy of the histogram. */
  copy(): Histogram {
    const copy = new Histogram(this.unit)
    copy.addSparse(this.sparse())
    return copy
  }

  /** Sets the exact min and max, which must lie in the outermost buckets. */
  private setExact(min: number, max: number): void {
    const alike = (a: number, b: number) => this.indexOf(a) === this.indexOf(b)
    if (!alike(min, this.lowest) || !alike(max, this.highest))
      throw new InputError('a distribution and its histogram disagree on min or max', 'the file was edited or damaged')
    this.lowest = min
    this.highest = max
  }

  private endsOf(pairs: readonly number[]): { readonly min: number; readonly max: number } {
    const [first, last] = [pairs[0], pairs.at(-2)]
    if (first === undefined || last === undefined) return { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY }
    const high = highestIn(last) / this.steps
    // The top bucket holds what is above the range, too.
    const isOpen = high > this.highest || last === bucketOf(HIGHEST)
    return { min: Math.max(lowestIn(first) / this.steps, this.lowest), max: isOpen ? this.highest : high }
  }

  /** Returns the index of the bucket for a value in the metric's unit. */
  private indexOf(value: number): number {
    return bucketOf(Math.min(HIGHEST, Math.round(value * this.steps)))
  }

  private addAt(index: number, count: number): void {
    this.buckets.add(index, count)
    this.count += count
  }
}
