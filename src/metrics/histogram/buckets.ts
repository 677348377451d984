/**
 * The buckets of an HdrHistogram with 3 digits from 1 to 3.6e9 steps: which value falls into which bucket. Values below 2048 have a bucket each; from
 * there on each doubling is split into 1024 buckets.
 */

/** The number of values, from 0 on, that have a bucket of their own. */
const SINGLE = 2048
/** The number of leading zero bits (`Math.clz32`) of the values from 1024 to 2047, from which the bucket of a larger value is computed. */
const SINGLE_ZEROS = 21
/** The binary logarithm of the number of buckets in each doubling. */
const DOUBLING_BITS = 10
const PER_DOUBLING = 1 << DOUBLING_BITS

/**
 * Returns the index of the histogram bucket for a value. `steps` is the value as a number of the histogram's integer steps (such as µs), from 0 to
 * 3.6e9.
 */
export function bucketOf(steps: number): number {
  const doublings = SINGLE_ZEROS - Math.clz32(steps | (SINGLE - 1))
  return (doublings << DOUBLING_BITS) + (steps >>> doublings)
}

/** Returns the smallest value that falls into the histogram bucket at `index`, in the histogram's steps, such as µs. */
export function lowestIn(index: number): number {
  return index < SINGLE ? index : ((index % PER_DOUBLING) + PER_DOUBLING) * widthOf(index)
}

/** Returns the largest value that falls into the histogram bucket at `index`, in the histogram's steps, such as µs. */
export function highestIn(index: number): number {
  return lowestIn(index) + widthOf(index) - 1
}

/** Returns the value in the middle of the histogram bucket at `index`, rounded up, in the histogram's steps, such as µs. */
export function middleOf(index: number): number {
  return lowestIn(index) + Math.floor(widthOf(index) / 2)
}

/** Returns how many different values (in steps) fall into the bucket at `index`. */
function widthOf(index: number): number {
  return index < SINGLE ? 1 : 2 ** (Math.floor(index / PER_DOUBLING) - 1)
}
