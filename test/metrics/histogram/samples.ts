/** Histograms of known values. */
import { percentileRank } from '../../../src/metrics/histogram/bounds.ts'
import { Histogram } from '../../../src/metrics/histogram/histogram.ts'

/** A small generator of its own, so that every run sees the same values. */
export function logUniform(seed: number, count: number): number[] {
  let state = seed
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.round(Math.exp((state / 2 ** 32) * Math.log(3_600_000_000))) / 1000
  })
}

export const of = (values: readonly number[], unit: Histogram['unit'] = 'ms') => {
  const histogram = new Histogram(unit)
  for (const value of values) histogram.record(value)
  return histogram
}

export const nearestRank = (sorted: readonly number[], p: number) => sorted[percentileRank(sorted.length, p) - 1] ?? Number.NaN

export const PERCENTILES = [0, 1, 25, 50, 75, 90, 95, 99, 99.9, 99.99, 100]
