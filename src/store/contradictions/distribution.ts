import { InputError } from '../../errors.ts'
import { hasFewSamples, percentileBounds } from '../../metrics/histogram/bounds.ts'
import { HIGHEST } from '../../metrics/histogram/hdr-codec.ts'
import { Histogram } from '../../metrics/histogram/histogram.ts'
import { STEPS_PER_UNIT } from '../../metrics/histogram/units.ts'
import type { Distribution } from '../../result/schema.ts'
import { isSame } from './figures.ts'

/**
 * The largest fraction by which a percentile or mean in a stored result may differ from the same number computed from its histogram: the width of a
 * bucket of the histogram, and a little for rounding.
 */
export const BUCKET = 1.001e-3

/**
 * Checks that count, min, max, mean and percentiles of the distribution at `path` of a stored result agree with its histogram. Yields a text for each
 * contradiction.
 */
export function* distributionContradictions(path: string, distribution: Distribution): Generator<string> {
  const { count, min, max, mean, histogram } = distribution
  if (count === 0 && histogram === '') return
  const negative = Object.entries({ count, min, max, mean }).find(([, value]) => value !== null && value < 0)
  if (negative) {
    yield `${path}.${negative[0]}: ${negative[1]} is below zero`
    return
  }
  try {
    yield* figureContradictions(path, distribution)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    yield `${path}.histogram: ${error.message}`
  }
}

/**
 * Yields the figures of a distribution that its histogram contradicts. @throws InputError when the histogram is damaged, or its count, min or max
 * differ from those of the distribution
 */
function* figureContradictions(path: string, distribution: Distribution): Generator<string> {
  const { count, min, max, mean, percentiles, fewSamples, unit } = distribution
  // Decoded only once, because decoding takes longer than everything else here.
  const histogram = Histogram.decode(unit, distribution.histogram)
  const { mean: middle, max: highest } = histogram
  histogram.makeExact(distribution)
  const inOrder = Object.keys(percentiles).sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)))
  const byHistogram = histogram.percentiles(inOrder.map((name) => Number(name.slice(1))))
  for (const [i, name] of inOrder.entries()) {
    const [value = null, counted = null] = [percentiles[name], byHistogram[i]]
    if (value !== null && (value < (min ?? value) || value > (max ?? value)))
      yield `${path}.percentiles.${name}: ${value} is not between min and max`
    if (!isSame(value, counted, BUCKET)) yield `${path}.percentiles.${name}: ${value}, but by its histogram it is ${counted}`
    if (fewSamples.includes(name) !== hasFewSamples(count, Number(name.slice(1))))
      yield `${path}.fewSamples: ${name} ${fewSamples.includes(name) ? 'is' : 'is not'} among them, but there are ${count} samples`
  }
  for (const [name, { low, high }] of Object.entries(distribution.bounds ?? {})) {
    const [counted] = percentileBounds(histogram, [Number(name.slice(1))])
    if (!isSame(low, counted?.low ?? null, BUCKET) || !isSame(high, counted?.high ?? null, BUCKET))
      yield `${path}.bounds.${name}: ${low} to ${high}, but by its histogram ${counted ? `${counted.low} to ${counted.high}` : 'nothing is certain'}`
  }
  const steps = STEPS_PER_UNIT[unit]
  // The top bucket also holds larger values, and samples are rounded to steps, so the mean may differ.
  const isRough = (highest ?? 0) * steps >= HIGHEST || Math.abs((mean ?? 0) - (middle ?? 0)) * steps <= 1
  if (!isRough && !isSame(mean, middle, BUCKET)) yield `${path}.mean: ${mean}, but by its histogram it is about ${middle}`
}
