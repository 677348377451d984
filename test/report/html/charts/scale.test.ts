/** The scales of charts. */
import { describe, expect, test } from 'vitest'
import { latencyScale, linearScale, logScale, timeScale } from '../../../../src/report/html/charts/scale.ts'

const labels = ({ ticks }: { ticks: readonly { label: string }[] }) => ticks.map(({ label }) => label).join(' ')

describe('scales', () => {
  test.each([
    ['a linear one', linearScale(87, String), '0 20 40 60 80 100'],
    ['one of nothing', linearScale(0, String), '0 0.2 0.4 0.6 0.8 1'],
    ['a logarithmic one', logScale(1, 1000, String), '1 3 10 30 100 300 1000'],
    ['a short one', logScale(250, 900, String), '300 400 500 600 800'],
    ['one over many powers', logScale(0.001, 1e6, String), '0.001 0.1 10 1000 100000'],
    ['time', timeScale(43_290), '0 10s 20s 30s 40s'],
    ['an hour', timeScale(3_600_000), '0 10m 20m 30m 40m 50m 1h'],
    ['no time', timeScale(0), '0 1ms'],
    ['latencies that are alike', latencyScale([10, 90]), '0ms 20ms 40ms 60ms 80ms 100ms'],
    ['latencies far apart', latencyScale([1, 900]), '1ms 3ms 10ms 30ms 100ms 300ms'],
    ['no latencies', latencyScale([]), '0ms 0.2ms 0.4ms 0.6ms 0.8ms 1ms'],
  ])('%s', (_, scale, text) => {
    expect(labels(scale)).toBe(text)
    expect(scale.ticks.every(({ at }) => at >= 0 && at <= 1)).toBe(true)
  })

  test('values beyond the ends lie at the ends', () => {
    const scale = linearScale(100, String)
    expect([-5, 0, 50, 100, 500, Number.NaN].map((value) => scale.place(value))).toEqual([0, 0, 0.5, 1, 1, 0])
  })
})
