import { expect, test } from 'vitest'
import { rowsWithServers } from '../../../src/report/html/charts/server-rows.ts'
import { html } from '../../../src/report/html/html.ts'
import { md } from '../../../src/report/md.ts'
import { EMPTY_RESULT } from '../../../src/result/empty.ts'
import type { Result, ServerEndpoint } from '../../../src/result/schema.ts'

const gauge = (unit: 'count' | 'ratio', max: number) => ({ unit, count: 3, min: 0, mean: max / 2, max, p95: max })
const endpoint: ServerEndpoint = {
  url: 'http://gpu-1:8000/metrics',
  server: ['vLLM'],
  scrapes: 4,
  failed: 1,
  error: '<script>alert(1)</script> | **bold**',
  sinceMs: 0,
  untilMs: 3000,
  gauges: { queue: gauge('count', 34), kv_usage: gauge('ratio', 0.97) },
  counters: {},
  histograms: {},
  series: [
    { t: 100, values: { queue: 2, kv_usage: 0.5 } },
    { t: 900, values: { queue: 4, kv_usage: 0.7 } },
    { t: 2500, values: { queue: 34, kv_usage: 0.97 } },
  ],
}
const row = (atMs: number): Result['timeline'][number] => ({
  atMs,
  lengthMs: 1000,
  phase: 'main',
  users: 1,
  inFlight: 1,
  peakInFlight: 1,
  started: 1,
  ok: 1,
  failed: 0,
  cut: 0,
  dropped: 0,
  outputTokens: 0,
  latencies: {},
})
const timeline = [row(0), row(1000), row(2000)]

const LOOK = { color: false, width: 100, unicode: true }

test('rows hold the means of what was told in their time, shares in percent', () => {
  expect(rowsWithServers(timeline, [endpoint]).map(({ server }) => server)).toEqual([
    [{ queue: 3, kv_usage: 60 }],
    [{}],
    [{ queue: 34, kv_usage: 97 }],
  ])
  expect(rowsWithServers(timeline, undefined)).toBe(timeline)
  expect(rowsWithServers(timeline, [{ ...endpoint, series: [] }])).toBe(timeline)
})

test('the page draws them under its one cursor, and no report shows foreign text unescaped', () => {
  const result: Result = { ...EMPTY_RESULT, timeline, server: [endpoint] }
  const page = html.render(result, LOOK)
  expect(page).toContain('Requests in the server gpu-1:8000')
  expect(page).toContain('data-of="server.0.queue"')
  expect(page).toContain('Use of the server gpu-1:8000, in percent: KV cache up to 97 %')
  const text = md.render(result, LOOK)
  expect(text).toMatch(/- server: vLLM at gpu-1:8000 · 1 of 4 scrapes failed: /)
  expect(text).toContain('waiting 17 mean, 34 max · KV cache 48.5% mean, 97% max')
  for (const report of [page, text]) expect(report).not.toContain('<script>alert')
  expect(text).not.toContain('**bold')
  expect(html.render({ ...EMPTY_RESULT, timeline }, LOOK)).not.toContain('Requests in the server')
})
