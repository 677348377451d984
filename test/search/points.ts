/** Points of a search, from the results of runs. */
import { Histogram } from '../../src/metrics/histogram/histogram.ts'
import { EMPTY_RESULT, NO_METRICS } from '../../src/result/empty.ts'
import type { Result, ThresholdResult } from '../../src/result/schema.ts'
import { pointOf } from '../../src/search/measured.ts'

/** Response times of 1 to 100 ms, each once. */
export const distributions = (() => {
  const histogram = new Histogram('ms')
  for (let ms = 1; ms <= 100; ms += 1) histogram.record(ms)
  return { response_time: histogram.toDistribution() }
})()

export const result: Result = {
  ...EMPTY_RESULT,
  total: { ...NO_METRICS, distributions, counts: { ...NO_METRICS.counts, ok: 100, started: 100, planned: 100 } },
  tags: { 'tier=a': { ...NO_METRICS, distributions } },
}

export const threshold = (
  text: string,
  observed: number | null,
  limit: number,
  own: Partial<ThresholdResult> = {},
): ThresholdResult => ({
  ...{ threshold: text, state: 'passed', severity: 'fail', observed, limit, unit: 'ms', samples: 100, fewSamples: false },
  ...own,
})

export const planned = { number: 1, load: 4, isLong: false, warmupS: 1, seconds: 10, folder: '01' }

export const point = (thresholds: readonly ThresholdResult[], own: Partial<Result> = {}, names = ['gold']) =>
  pointOf(
    planned,
    { ...result, exitCodes: [], thresholds, ...own },
    names.map((name) => ({ name, thresholds: [`${name} < 1`] })),
  )
