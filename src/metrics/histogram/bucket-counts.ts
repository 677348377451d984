/**
 * The counts of all buckets of one histogram, in pages of memory. A page is allocated at its first sample, because most histograms use few of them.
 */
import { InputError } from '../../errors.ts'
import { BUCKETS } from './hdr-codec.ts'

const PAGE_BITS = 8
const PAGE_SIZE = 1 << PAGE_BITS
const LARGEST_COUNT = 0xffff_ffff
/** Number of pages that are allocated together, because one allocation costs as much as a single page. */
const PAGES_PER_BLOCK = 16

type Pages = (Uint32Array | undefined)[]

/** The empty list of pages that all histograms without samples share. */
const NO_PAGES: Pages = new Array<undefined>(BUCKETS / PAGE_SIZE).fill(undefined)
/** Pages that are free for reuse; all their counts are 0. */
const unused: Uint32Array[] = []

function takePage(): Uint32Array {
  const page = unused.pop()
  if (page) return page
  const block = new Uint32Array(PAGES_PER_BLOCK * PAGE_SIZE)
  for (let at = PAGE_SIZE; at < block.length; at += PAGE_SIZE) unused.push(block.subarray(at, at + PAGE_SIZE))
  return block.subarray(0, PAGE_SIZE)
}

/** The number of samples in each bucket of a histogram. A bucket is identified by its index, from 0 to `BUCKETS` − 1. */
export class BucketCounts {
  private pages = NO_PAGES

  /** Counts one sample. */
  increment(index: number): void {
    const page = this.pages[index >> PAGE_BITS]
    if (page === undefined) this.pageOf(index)[index & (PAGE_SIZE - 1)] = 1
    else page[index & (PAGE_SIZE - 1)] = (page[index & (PAGE_SIZE - 1)] ?? 0) + 1
  }

  /** Counts one sample for each of the first `count` indexes. */
  incrementAll(indexes: ArrayLike<number>, count: number): void {
    for (let i = 0; i < count; i += 1) this.increment(indexes[i] ?? 0)
  }

  /** Counts `count` samples. @throws InputError for an impossible index or count, or when the bucket is full (4.29 billion) */
  add(index: number, count: number): void {
    const isBucket = Number.isInteger(index) && index >= 0 && index < BUCKETS
    const total = isBucket ? this.at(index) + count : Number.NaN
    if (!(count > 0 && total <= LARGEST_COUNT))
      throw new InputError(`a histogram cannot take ${count} samples in bucket ${index}`)
    this.pageOf(index)[index & (PAGE_SIZE - 1)] = total
  }

  /** Removes `count` samples. @throws InputError when the bucket has fewer */
  remove(index: number, count: number): void {
    const left = this.at(index) - count
    if (!(count > 0 && left >= 0)) throw new InputError(`a histogram cannot give ${count} samples of bucket ${index}`)
    this.pageOf(index)[index & (PAGE_SIZE - 1)] = left
  }

  /** Returns the number of samples in the bucket at `index`. */
  at(index: number): number {
    return this.pages[index >> PAGE_BITS]?.[index & (PAGE_SIZE - 1)] ?? 0
  }

  /** Returns the index of the bucket that holds the sample of each rank, counted from 1 in rising order; the last index for a rank beyond all. */
  holding(ranks: readonly number[]): number[] {
    const found: number[] = []
    let seen = 0
    let [rank = Number.POSITIVE_INFINITY] = ranks
    for (let at = 0; at < this.pages.length && found.length < ranks.length; at += 1) {
      const page = this.pages[at]
      for (let i = 0; page && i < PAGE_SIZE; i += 1) {
        if (page[i] === 0) continue
        seen += page[i] ?? 0
        while (seen >= rank) rank = ranks[found.push((at << PAGE_BITS) + i)] ?? Number.POSITIVE_INFINITY
      }
    }
    while (found.length < ranks.length) found.push(BUCKETS - 1)
    return found
  }

  /** Returns index and count of each bucket from `from` to `to` that has more samples than in `seen`: index, count, index, count, … */
  pairs(from: number, to: number, seen?: BucketCounts): number[] {
    const pairs: number[] = []
    for (let at = from >> PAGE_BITS; at <= to >> PAGE_BITS; at += 1) {
      const page = this.pages[at]
      const before = seen?.pages[at]
      for (let i = 0; page && i < PAGE_SIZE; i += 1) {
        const count = (page[i] ?? 0) - (before?.[i] ?? 0)
        if (count > 0) pairs.push((at << PAGE_BITS) + i, count)
      }
    }
    return pairs
  }

  /** Returns the counts of the first `length` buckets. */
  first(length: number): Uint32Array<ArrayBuffer> {
    const counts = new Uint32Array(length)
    for (let from = 0; from < length; from += PAGE_SIZE) {
      const page = this.pages[from >> PAGE_BITS]
      if (page) counts.set(length - from < PAGE_SIZE ? page.subarray(0, length - from) : page, from)
    }
    return counts
  }

  /** Removes all samples, and frees the pages for other histograms. */
  clear(): void {
    for (const page of this.pages) if (page) unused.push(page.fill(0))
    this.pages = NO_PAGES
  }

  private pageOf(index: number): Uint32Array {
    const known = this.pages[index >> PAGE_BITS]
    if (known) return known
    const page = takePage()
    if (this.pages === NO_PAGES) this.pages = [...NO_PAGES]
    this.pages[index >> PAGE_BITS] = page
    return page
  }
}
