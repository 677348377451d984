import { expect, test } from 'vitest'
import { rowsBeside } from '../../../../src/report/html/charts/side-rows.ts'
import { html } from '../../../../src/report/html/html.ts'
import { md } from '../../../../src/report/md.ts'
import { EMPTY_RESULT } from '../../../../src/result/empty.ts'
import type { Result, ServerEndpoint } from '../../../../src/result/schema.ts'

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
  expect(rowsBeside(timeline, { server: [endpoint] }).map(({ server }) => server)).toEqual([
    [{ queue: 3, kv_usage: 60 }],
    [{}],
    [{ queue: 34, kv_usage: 97 }],
  ])
  expect(rowsBeside(timeline, {})).toBe(timeline)
  expect(rowsBeside(timeline, { server: [{ ...endpoint, series: [] }] })).toBe(timeline)
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

test('machines and health checks are drawn beside them, and what they are called is escaped', () => {
  const spread = { count: 2, min: 0, mean: 0.4, max: 0.5, p95: 0.5 }
  const machine: NonNullable<Result['machine']>[number] = {
    host: '<b>db-1</b>',
    from: 'http://db-1:9100/metrics',
    withBurn: false,
    withTarget: true,
    samples: 3,
    failed: 1,
    error: '<script>alert(2)</script>',
    sinceMs: 0,
    untilMs: 3000,
    gauges: { cpu: { unit: 'ratio', ...spread }, memory: null },
    counters: { net_received_bytes: { unit: 'bytes', delta: 9000, perSecond: 3000, maxPerSecond: 4000, resets: 0 } },
    processes: [{ asked: 'node', pid: 7, name: '**node**', fromMs: 0, untilMs: 1, cpu: { ...spread, max: 1.5 }, rssBytes: null }],
    series: [{ t: 100, values: { cpu: 0.5, disk_reads: 4, net_received_bytes: 2048 } }],
  }
  const health: NonNullable<Result['health']>[number] = {
    name: 'api',
    url: 'http://api/',
    before: { ok: true, error: null, ms: 3 },
    checks: 4,
    ok: 3,
    failed: 1,
    availability: 0.75,
    error: 'status 500, expected 200 to 299',
    outages: [{ fromMs: 1000, untilMs: 2000, error: 'status 500, expected 200 to 299' }],
    outageCount: 1,
    longestOutageMs: 1000,
    response: { ...spread, mean: 4, max: 5 },
    series: [
      { t: 100, values: { up: 1 } },
      { t: 900, values: { up: 0 } },
    ],
  }
  const result: Result = { ...EMPTY_RESULT, timeline, machine: [machine], health: [health] }
  expect(rowsBeside(timeline, result)[0]).toMatchObject({
    machine: [{ cpu: 50, net_received_bytes: 2048 }],
    health: [{ up: 50 }],
  })
  expect(rowsBeside(timeline, result)[0]?.machine?.[0]).not.toHaveProperty('disk_reads')
  const page = html.render(result, LOOK)
  expect(page).toContain('Use of the machine &lt;b&gt;db-1&lt;/b&gt;, in percent')
  expect(page).toContain('data-of="machine.0.cpu"')
  expect(page).toContain('Network of the machine')
  expect(page).toContain('Health check api, in percent of its checks')
  const text = md.render(result, LOOK)
  expect(text).toContain('the target runs on it')
  expect(text).toContain('CPU 40% mean, 50% max')
  expect(text).toContain('health: api · available 75% · 1 of 4 checks failed')
  expect(text).toContain('1 outage, the longest 1s · answered again at 2s')
  expect(text).toContain('CPU 40% mean, 150% max')
  expect(text).not.toContain('**node')
  for (const report of [page, text]) for (const foreign of ['<b>db', '<script>alert']) expect(report).not.toContain(foreign)
})
