/** Distributions of a result as spreads, whose buckets each format brings into its own form. */
import { middleOf } from '../../metrics/histogram/buckets.ts'
import { Histogram, REPORTED_PERCENTILES } from '../../metrics/histogram/histogram.ts'
import { STEPS_PER_UNIT } from '../../metrics/histogram/units.ts'
import type { Pieces } from '../../pieces.ts'
import type { Distribution } from '../../result/schema.ts'
import type { Spread } from './point.ts'

/** What reading one distribution takes beside its buckets, in units of `Pieces`. */
const UNITS_PER_DISTRIBUTION = 500

/**
 * Returns the samples of several distributions of one metric together; undefined when there are none. Times become seconds, all else stays in its unit.
 * @throws InputError when a distribution is damaged
 */
export function* spreadOf(distributions: readonly (Distribution | undefined)[]): Pieces<Spread | undefined> {
  let all: Histogram | undefined
  for (const one of distributions) {
    if (one === undefined || one.count === 0 || one.histogram === '') continue
    const histogram = Histogram.of(one)
    if (all) all.merge(histogram)
    else all = histogram
    yield UNITS_PER_DISTRIBUTION + histogram.width
  }
  if (all === undefined) return undefined
  const { count, sumSteps, min, max, unit } = { ...all.sparse(), count: all.count, unit: all.unit }
  const perUnit = unit === 'ms' ? 1000 : 1
  const perStep = STEPS_PER_UNIT[unit] * perUnit
  const percentiles = all.percentiles(REPORTED_PERCENTILES)
  const buckets = all.sparse().pairs.map((value, i) => (i % 2 === 0 ? middleOf(value) / perStep : value))
  return {
    count,
    sum: sumSteps / perStep,
    min: min / perUnit,
    max: max / perUnit,
    percentiles: Object.fromEntries(REPORTED_PERCENTILES.map((p, i) => [`p${p}`, (percentiles[i] ?? max) / perUnit])),
    buckets,
  }
}

/** Returns how many samples lie in each bucket that ends at one of `bounds`, and above the last one. A value that is equal to a bound is below it. */
export function countsWithin({ buckets }: Spread, bounds: readonly number[]): number[] {
  const counts = [...bounds, 0].map(() => 0)
  let at = 0
  for (let i = 0; i < buckets.length; i += 2) {
    while (at < bounds.length && (buckets[i] ?? 0) > (bounds[at] ?? 0)) at += 1
    counts[at] = (counts[at] ?? 0) + (buckets[i + 1] ?? 0)
  }
  return counts
}
