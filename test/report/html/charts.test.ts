/** The charts: what lies where, and how much room they take. */
import { describe, expect, test } from 'vitest'
import { Histogram } from '../../../src/metrics/histogram/histogram.ts'
import { latencyHistogram, percentileChart } from '../../../src/report/html/charts/distribution.ts'
import { bandOf, lineOf } from '../../../src/report/html/charts/frame.ts'
import { heatChart } from '../../../src/report/html/charts/heat-map.ts'
import { chartRows, phaseSpans } from '../../../src/report/html/charts/rows.ts'
import { latencyScale, linearScale, logScale, timeScale } from '../../../src/report/html/charts/scale.ts'
import { html } from '../../../src/report/html/html.ts'
import { markup } from '../../../src/report/html/page/markup.ts'
import type { Block, GroupMetrics, Result, TimelineRow } from '../../../src/result/schema.ts'
import { reportedConversation, reportedTurn } from '../conversations.ts'
import { PLAIN } from '../every-report.ts'
import { counts, distribution, fine, HOSTILE, slice, step } from '../results.ts'

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

describe('lines', () => {
  test('have a gap where there is no value, and a dot between two gaps', () => {
    const line = lineOf(
      [
        [0, 0],
        [0.1, 0.5],
        [0.2, undefined],
        [0.3, 1],
        [0.4, undefined],
      ],
      'c1',
    ).html
    expect(/ d="([^"]*)"/.exec(line)?.[1]).toBe('M0 100h0L100 50M300 0h0')
    expect(lineOf([[0, undefined]], 'c1').html).toBe('')
  })

  test('a band lies between two of them', () => {
    const band = bandOf(
      [
        [0, 1],
        [1, 1],
      ],
      [
        [0, 0],
        [1, 0.5],
      ],
      'c1',
    ).html
    expect(/ d="([^"]*)"/.exec(band)?.[1]).toBe('M0 0L1000 0L1000 50L0 100Z')
    expect(
      bandOf(
        [
          [0, 1],
          [1, undefined],
        ],
        [
          [0, 0],
          [1, 0],
        ],
        'c1',
      ).html,
    ).toBe('')
  })
})

const rowOf = (atMs: number, over: Partial<TimelineRow> = {}): TimelineRow => ({
  atMs,
  lengthMs: 1000,
  phase: 'main',
  started: 20,
  ok: 18,
  failed: 1,
  cut: 0,
  dropped: 1,
  users: 100,
  inFlight: 10,
  peakInFlight: 12,
  outputTokens: 1234,
  latencies: { response_time: { p50: 100 + (atMs % 7), p95: 200, max: 400 + (atMs % 11_000) } },
  ...over,
})

describe('rows', () => {
  test.each([1, 599, 600, 601, 1200, 1201])('%i of them become at most 600 without losing a count', (length) => {
    const timeline = Array.from({ length }, (_, at) => rowOf(at * 1000))
    const rows = chartRows(timeline)
    expect(rows.length).toBeLessThanOrEqual(600)
    expect(rows.length).toBeGreaterThan(length > 600 ? 300 : length - 1)
    expect(rows.reduce((all, { started }) => all + started, 0)).toBe(20 * length)
    expect(rows.reduce((all, { lengthMs }) => all + lengthMs, 0)).toBe(1000 * length)
    expect(Math.max(...rows.map(({ latencies }) => latencies.response_time?.max ?? 0))).toBe(
      Math.max(...timeline.map(({ latencies }) => latencies.response_time?.max ?? 0)),
    )
  })

  test('a short last row is part of the one before: a rate of 2 attempts in 4 ms says nothing', () => {
    const rows = chartRows([rowOf(0), rowOf(1000), rowOf(2000, { lengthMs: 4, started: 2, inFlight: 0 })])
    expect(rows.map(({ lengthMs, started }) => [lengthMs, started])).toEqual([
      [1000, 20],
      [1004, 22],
    ])
  })

  test('phases that follow each other', () => {
    const rows = [rowOf(0, { phase: 'warm' }), rowOf(1000), rowOf(2000), rowOf(3000, { phase: 'drain' })]
    expect(phaseSpans(rows)).toEqual([
      { name: 'warm', fromMs: 0, toMs: 1000 },
      { name: 'main', fromMs: 1000, toMs: 3000 },
      { name: 'drain', fromMs: 3000, toMs: 4000 },
    ])
  })
})

describe('the heat map', () => {
  const block = (atMs: number, values: readonly number[]): Block => {
    const histogram = new Histogram('ms')
    for (const value of values) histogram.record(value)
    const counted = { ok: values.length, failed: 0, dropped: 0, timeouts: 0, checksHeld: 0, checksMade: 0, outputTokens: 0 }
    return { atMs, lengthMs: 1000, ...counted, histograms: { response_time: histogram.encode() } }
  }
  const axis = { x: timeScale(2000), endMs: 2000, behind: markup`` }
  const cellsOf = (blocks: readonly Block[]) => (heatChart(blocks, axis)?.body.html.match(/M[^Z]*Z/g) ?? []).length

  test('two kinds of replies are two bands with room between them', () => {
    const values = Array.from({ length: 50 }, (_, at) => (at % 2 === 0 ? 10 : 1000))
    expect(cellsOf([block(0, values), block(1000, values)])).toBe(4)
  })

  test('shades: the fullest cell is darkest, a cell with one reply is palest', () => {
    const body = heatChart([block(0, [...Array<number>(99).fill(10), 1000])], axis)?.body.html ?? ''
    expect(Array.from(body.matchAll(/heat h(\d)/g), ([, shade]) => shade)).toEqual(['0', '6'])
  })

  test('none without blocks, or when their histograms cannot be read', () => {
    expect(heatChart([], axis)).toBeUndefined()
    expect(heatChart([{ ...block(0, [1]), histograms: { response_time: 'damaged' } }], axis)).toBeUndefined()
    expect(heatChart([{ ...block(0, [1]), histograms: {} }], axis)).toBeUndefined()
  })
})

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

describe('where the time goes', () => {
  const parts = (over: GroupMetrics['distributions']) => {
    const page = html.render({ ...fine, steps: [step('open', slice(counts(1200), over))] }, PLAIN)
    const [, body = ''] = /<section id="split"[\s\S]*?<tbody>([\s\S]*?)<\/tbody>/.exec(page) ?? []
    return Array.from(body.matchAll(/data-value="([^"]*)"/g), ([, value]) => Number(value))
  }
  const mean = (ms: number, count = 1200) => ({ ...distribution(ms, ms, ms, count), mean: ms })

  test('the parts add up to the mean response time', () => {
    const all = { response_time: mean(500), service_time: mean(400), ttfb: mean(50), ttft: mean(200), queue_wait: mean(70) }
    expect(parts(all)).toEqual([500, 70, 30, 50, 150, 200])
  })

  test('without tokens the rest begins at the first byte, and the wait is never more than the delay', () => {
    expect(parts({ response_time: mean(500), service_time: mean(400), ttfb: mean(50), queue_wait: mean(170) })).toEqual([
      500, 100, 0, 50, 0, 350,
    ])
  })

  test('the time to the first token is split by what the server tells, when it tells it of all replies and not too much', () => {
    const all = { response_time: mean(500), service_time: mean(400), ttfb: mean(50), ttft: mean(200), queue_wait: mean(70) }
    const queue = { server_queue: mean(120), server_prefill: mean(70) }
    expect(parts({ ...all, ...queue })).toEqual([500, 70, 30, 120, 70, 10, 200])
    for (const wrong of [
      { server_queue: mean(120) },
      { ...queue, server_queue: mean(120, 600) },
      { ...queue, server_queue: mean(150) },
    ])
      expect(parts({ ...all, ...wrong })).toEqual([500, 70, 30, 50, 150, 200])
  })

  test('means of other attempts are not subtracted', () => {
    expect(parts({ response_time: mean(500), service_time: mean(400), ttfb: mean(50), ttft: mean(200, 600) })[4]).toBe(0)
    expect(parts({ response_time: mean(500), service_time: mean(400) })).toEqual([])
  })
})

test('the page of an hour with many steps and texts that want to break out is at most 1 MB', () => {
  const one = { p50: 123.456789, p95: 234.567891, max: 3456.789123 }
  const latencies = { response_time: one, service_time: one, ttft: one, tpot: one }
  const timeline = Array.from({ length: 1200 }, (_, at) => rowOf(at * 3000.123456, { lengthMs: 3000.123456, latencies }))
  const steps = Array.from({ length: 20 }, (_, at) =>
    step(`step-${at}${HOSTILE}`, { ...slice(counts(9000)), distributions: fine.total.distributions }),
  )
  const hour: Result = { ...fine, timeline, steps, durationMs: 3_600_000 }
  const turn = reportedTurn({ prompt: HOSTILE.repeat(30), reply: HOSTILE.repeat(30) })
  const chosen = Array.from({ length: 40 }, (_, user) => reportedConversation({ user, turns: [turn, turn, turn] }))
  const page = html.render(hour, { ...PLAIN, conversations: { chosen, recorded: 5000, level: 'all' } })
  expect(page.match(/<details class="talk"/g)?.length).toBeGreaterThan(3)
  expect(Buffer.byteLength(page)).toBeLessThan(1_000_000)
})

describe('the lateness of burn itself', () => {
  const chart = (timeline: readonly TimelineRow[]) =>
    /aria-label="(Lateness of burn itself[^"]*)"/.exec(html.render({ ...fine, timeline }, PLAIN))?.[1]

  test('is drawn where rows tell it, and not for a result of an older version', () => {
    expect(chart([rowOf(0, { lagMs: 0.4 }), rowOf(1000, { lagMs: 12.3 })])).toBe('Lateness of burn itself: up to 12.3ms')
    expect(chart([rowOf(0), rowOf(1000)])).toBeUndefined()
  })

  test('of joined rows is the largest', () => {
    const rows = chartRows(Array.from({ length: 1200 }, (_, at) => rowOf(at * 1000, at === 601 ? { lagMs: 77 } : {})))
    expect(rows.filter(({ lagMs }) => lagMs !== undefined).map(({ atMs, lagMs }) => [atMs, lagMs])).toEqual([[600_000, 77]])
  })
})
