/** How latencies are distributed. */
import { describe, expect, test } from 'vitest'
import { Histogram } from '../../../../src/metrics/histogram/histogram.ts'
import { latencyHistogram, percentileChart } from '../../../../src/report/html/charts/distribution.ts'
import type { GroupMetrics } from '../../../../src/result/schema.ts'
import { counts, slice } from '../../results.ts'

const labels = ({ ticks }: { ticks: readonly { label: string }[] }) => ticks.map(({ label }) => label).join(' ')

/** The metrics of attempts that took 1, 2, 3, … ms. */
function rising(count: number): GroupMetrics {
  const histogram = new Histogram('ms')
  for (let value = 1; value <= count; value += 1) histogram.record(value)
  return slice(counts(count), { response_time: histogram.toDistribution() })
}

describe('percentiles', () => {
  test.each([
    [20, undefined],
    [1000, 'p0 p50 p90 p95 p99'],
    [10_000, 'p0 p50 p90 p95 p99 p99.9'],
    [200_000, 'p0 p50 p90 p99 p99.9 p99.99'],
  ])('of %i samples end where ten lie above', (count, marks) => {
    const chart = percentileChart(rising(count))
    expect(chart && labels(chart.x)).toBe(marks)
  })

  test('a nine more is as far as the one before, and the curve rises to the last one', () => {
    const chart = percentileChart(rising(10_000))
    const [p0 = -1, , p90 = 0, , p99 = 0, p999 = 0] = chart?.x.ticks.map(({ at }) => at) ?? []
    expect([p0, p90, p99, p999].map((at) => at.toFixed(4))).toEqual(['0.0000', '0.3333', '0.6667', '1.0000'])
    const [, path = ''] = / d="([^"]*)"/.exec(chart?.body.html ?? '') ?? []
    const heights = Array.from(path.matchAll(/[ML][\d.]+ ([\d.]+)/g), ([, y]) => Number(y))
    expect(heights.length).toBe(200)
    expect(heights).toEqual(heights.toSorted((a, b) => b - a))
    // 9,990 ms on a logarithmic axis from 0.9 to 11,000 ms.
    expect(heights.at(-1)).toBe(1)
  })

  test('a histogram that was damaged is left out', () => {
    const { response_time } = rising(100).distributions
    const damaged = slice(counts(100), { ...(response_time && { response_time: { ...response_time, histogram: 'x' } }) })
    expect(percentileChart(damaged)).toBeUndefined()
    expect(latencyHistogram(damaged)).toBeUndefined()
  })
})

test('the bars of the histogram are shares of all replies, and the usual percentiles are marked', () => {
  const chart = latencyHistogram(rising(1000))
  const body = chart?.body.html ?? ''
  expect(chart?.says).toMatch(/^1,000 replies took 1ms to 1s, most of them about/)
  expect(Array.from(body.matchAll(/>p(\d+)</g), ([, p]) => p)).toEqual(['50', '95', '99'])
})
