/** Converts distributions of a result to a coarser form, small enough to be encoded for export beside a load. */
import { middleOf } from '../../metrics/histogram/buckets.ts'
import { decodeCounts } from '../../metrics/histogram/hdr-codec.ts'
import { Histogram } from '../../metrics/histogram/histogram.ts'
import { STEPS_PER_UNIT } from '../../metrics/histogram/units.ts'
import type { Pieces } from '../../pieces.ts'
import type { Distribution } from '../../result/schema.ts'
import type { Spread, SpreadStep } from './point.ts'

/** The cost of reading one distribution without its buckets, in work units (see `Pieces`). */
const UNITS_PER_DISTRIBUTION = 500
/** The number of buckets and counts after which other work gets a turn. */
const NUMBERS_PER_PIECE = 4096
/** The cost of reading one bucket, in work units (see `Pieces`). */
const UNITS_PER_BUCKET = 4
/** The number of ranges between a value and its double. Each is 2.2 % wider than the one before (a factor of 2^(1/32)). */
const STEPS_PER_DOUBLING = 32

/**
 * Adds up several distributions of one metric, such as those of several steps, for export; undefined when none has samples. Times are converted to
 * seconds; other values keep their unit.
 * @throws InputError when a distribution is damaged
 */
export function* spreadOf(
  distributions: readonly (Distribution | undefined)[],
  bounds: readonly number[],
): Pieces<Spread | undefined> {
  const [first, ...more] = distributions.filter((one) => one !== undefined && one.count > 0 && one.histogram !== '')
  if (first === undefined) return undefined
  const all = more.length === 0 ? first : yield* merged(first, more)
  const { unit, count } = all
  const perUnit = unit === 'ms' ? 1000 : 1
  const perStep = STEPS_PER_UNIT[unit] * perUnit
  const pairs = decodeCounts(all.histogram)
  yield UNITS_PER_DISTRIBUTION + pairs.length
  const mean = all.mean ?? 0
  const known = Object.entries(all.percentiles).flatMap(([name, value]) => (value === null ? [] : [[name, value / perUnit]]))
  return {
    count,
    // A sum is a whole number of histogram steps.
    sum: Math.round(mean * count * STEPS_PER_UNIT[unit]) / perStep,
    min: (all.min ?? 0) / perUnit,
    max: (all.max ?? 0) / perUnit,
    percentiles: Object.fromEntries(known),
    ...(yield* inSteps(pairs, (bucket) => middleOf(bucket) / perStep, bounds)),
  }
}

/** Returns several distributions of one metric merged to one. */
function* merged(first: Distribution, more: readonly (Distribution | undefined)[]): Pieces<Distribution> {
  const all = Histogram.of(first)
  for (const one of more) {
    if (one) all.merge(Histogram.of(one))
    yield UNITS_PER_DISTRIBUTION + UNITS_PER_BUCKET * all.width
  }
  return all.toDistribution()
}

/**
 * Converts a histogram to the two coarser forms that are exported: `steps`, with buckets that are 2.2 % wide, and `within`, with buckets that end at
 * the limits in `bounds` and one more for greater values. The histogram is given as `pairs`, a list of bucket and count in turn, in rising order.
 * `valueIn` returns the value of a bucket.
 */
export function* inSteps(
  pairs: readonly number[],
  valueIn: (bucket: number) => number,
  bounds: readonly number[],
): Pieces<Pick<Spread, 'within' | 'steps'>> {
  const within = new Array<number>(bounds.length + 1).fill(0)
  const steps: { -readonly [Key in keyof SpreadStep]: SpreadStep[Key] }[] = []
  let bound = 0
  for (let at = 0; at < pairs.length; at += 2) {
    const [value, count] = [valueIn(pairs[at] ?? 0), pairs[at + 1] ?? 0]
    while (bound < bounds.length && value > (bounds[bound] ?? 0)) bound += 1
    within[bound] = (within[bound] ?? 0) + count
    const index = value > 0 ? Math.ceil(Math.log2(value) * STEPS_PER_DOUBLING) - 1 : Number.NEGATIVE_INFINITY
    const last = steps.at(-1)
    if (last?.index === index) {
      last.count += count
      last.sum += value * count
    } else steps.push({ index, count, sum: value * count })
    if ((at + 2) % NUMBERS_PER_PIECE === 0) yield (UNITS_PER_BUCKET * NUMBERS_PER_PIECE) / 2
  }
  yield (UNITS_PER_BUCKET * (pairs.length % NUMBERS_PER_PIECE)) / 2
  return { within, steps }
}
