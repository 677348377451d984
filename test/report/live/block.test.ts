import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { renderLive } from '../../../src/report/live/block.ts'
import { renderLiveLine } from '../../../src/report/live/line.ts'
import { PANES } from '../../../src/report/live/panes.ts'
import type { LiveView } from '../../../src/report/live/view.ts'
import { displayWidth } from '../../../src/text/display-width.ts'
import { HOSTILE } from '../results.ts'

const view: LiveView = {
  name: 'support-chat',
  phase: { name: 'main', index: 1, count: 3, warmup: false, progress: { kind: 'time', elapsedMs: 30_000, lengthMs: 120_000 } },
  total: { kind: 'time', elapsedMs: 40_400, lengthMs: 160_000 },
  draining: false,
  users: 50,
  inFlight: 12,
  waiting: 0,
  plannedRate: 20,
  achievedRate: 19.8,
  ok: 1200,
  failed: 3,
  dropped: 1,
  cut: 0,
  errorRate: 0.0025,
  latencies: [
    { name: 'response_time', p50: 820, p95: 1900 },
    { name: 'ttft', p50: 180, p95: 412 },
    { name: 'tpot', p50: null, p95: null },
  ],
  tokens: { perSecond: 1523, total: 91_380 },
  connections: { open: 50, inPerSecond: 2_400_000, outPerSecond: 12_500 },
  cost: { spent: 0.5, perSecond: 0.01, limit: 2, currency: 'EUR' },
  errors: [
    { class: 'http_status', count: 2, message: 'HTTP 500' },
    { class: 'timeout_total', count: 1, message: 'the reply took longer than 30000 ms' },
  ],
  generator: { lagP99Ms: 1.25, loopShare: 0.08, loopP99Ms: 2, cpuShare: 0.12, peakBytes: 104_857_600 },
  servers: [],
  history: Array.from({ length: 90 }, (_, second) => ({
    atMs: second * 1000,
    lengthMs: 1000,
    phase: 'main',
    users: 50,
    inFlight: 12,
    peakInFlight: 15,
    started: 10 + (second % 10),
    ok: 10,
    failed: second % 30 === 0 ? 1 : 0,
    cut: 0,
    dropped: 0,
    outputTokens: 1500,
    lagMs: 0.5,
    latencies: { response_time: { p50: 800, p95: second < 80 ? 1000 : 1900, max: 2000 }, ttft: { p50: 180, p95: 412, max: 500 } },
  })).slice(-60),
  topError: { class: 'http_status', count: 3 },
  warnings: ['lag p99 is 12ms', 'CPU is full'],
}

const look = { width: 80, color: false, unicode: true }

const hostile: LiveView = {
  ...view,
  name: HOSTILE,
  phase: { ...view.phase, name: HOSTILE },
  topError: { class: HOSTILE, count: 3_000_000 },
  errors: Array.from({ length: 20 }, () => ({ class: HOSTILE, count: 3_000_000, message: HOSTILE })),
  cost: { spent: 1e9, perSecond: 1e6, limit: 0, currency: HOSTILE },
  warnings: [HOSTILE],
  latencies: Array.from({ length: 5 }, () => ({ name: HOSTILE, p50: 3_600_000, p95: 3_600_000 })),
}

describe('renderLive', () => {
  test('the block', () => {
    expect(renderLive(view, look)).toMatchInlineSnapshot(`
      [
        "support-chat  █████░░░░░░░░░░░░░░░  25%  40s  2m left",
        "  phase 2/3 main · 1m30s left",
        "  ! lag p99 is 12ms (+1)",
        "─ load ─────────────────────────────────────────────────────────────────────────",
        "  users 50 · in flight 12 · 19.8/s of 20/s planned",
        "  ok 1,200 · failed 3 · dropped 1 · cut 0 · errors 0.25%",
        "  connections 50 open · 2.3 MiB/s in · 12.2 KiB/s out",
        "  started/s  ▅▅▆▇█▅▅▆▇█▅▅▆▇█▅▅▆▇█▅▅▆▇█▅▅▆▇█  max 19/s",
        "─ latency ──────────────────────────────────────────────────────────────────────",
        "  response_time  p50 820ms   p95 1.9s     ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄████  max 1.9s",
        "  ttft           p50 180ms   p95 412ms    ████████████████████  max 412ms",
        "  tpot           p50 –       p95 –      ",
        "─ errors ───────────────────────────────────────────────────────────────────────",
        "  2x http_status  HTTP 500",
        "  1x timeout_total  the reply took longer than 30000 ms",
        "  failed/s  █▁▁▁▁▁▁▁▁▁▁▁▁▁▁█▁▁▁▁▁▁▁▁▁▁▁▁▁▁  max 1/s",
        "─ tokens and cost ──────────────────────────────────────────────────────────────",
        "  tokens 1,523/s · 91,380 out",
        "  cost 0.5 EUR of 2 EUR (25%) · 0.6 EUR per minute",
        "  tokens/s  ██████████████████████████████  max 1,500/s",
      ]
    `)
  })

  test('arrivals that wait stand beside the attempts in flight', () => {
    const waiting = { ...view, waiting: 1234 }
    expect(renderLive(waiting, look)).toContain('  users 50 · in flight 12 · 1,234 waiting · 19.8/s of 20/s planned')
    expect(renderLiveLine({ ...waiting, failed: 0, topError: null }, new Date(0))).toContain(' | in flight 12 | 1,234 waiting')
  })

  test('what is not there takes no line', () => {
    const bare: LiveView = {
      ...view,
      phase: { ...view.phase, count: 1 },
      latencies: [],
      tokens: null,
      cost: null,
      errors: [],
      generator: null,
      connections: null,
      topError: null,
      warnings: [],
      errorRate: null,
      plannedRate: null,
      failed: 0,
      history: [],
    }
    expect(renderLive(bare, look).slice(1)).toMatchInlineSnapshot(`
      [
        "─ load ─────────────────────────────────────────────────────────────────────────",
        "  users 50 · in flight 12 · 19.8/s",
        "  ok 1,200 · failed 0 · dropped 1 · cut 0 · errors –",
        "─ errors ───────────────────────────────────────────────────────────────────────",
        "  none",
      ]
    `)
  })

  test('a wide window has the panes side by side', () => {
    expect(renderLive(view, { ...look, width: 140, height: 45 })).toMatchInlineSnapshot(`
      [
        "support-chat  █████░░░░░░░░░░░░░░░  25%  40s  2m left",
        "  phase 2/3 main · 1m30s left",
        "  ! lag p99 is 12ms (+1)",
        "─ load ──────────────────────────────────────────────────────────────  ─ latency ───────────────────────────────────────────────────────────",
        "  users 50 · in flight 12 · 19.8/s of 20/s planned                       response_time  p50 820ms   p95 1.9s     ▄▄▄▄▄▄▄▄▄▄▄▄▄███  max 1.9s",
        "  ok 1,200 · failed 3 · dropped 1 · cut 0 · errors 0.25%                 ttft           p50 180ms   p95 412ms    ████████████████  max 412ms",
        "  connections 50 open · 2.3 MiB/s in · 12.2 KiB/s out                    tpot           p50 –       p95 –      ",
        "  started/s  ▅▅▆▇█▅▅▆▇█▅▅▆▇█▅▅▆▇█▅▅▆▇█▅▅▆▇█  max 19/s                  ─ errors ────────────────────────────────────────────────────────────",
        "─ tokens and cost ───────────────────────────────────────────────────    2x http_status  HTTP 500",
        "  tokens 1,523/s · 91,380 out                                            1x timeout_total  the reply took longer than 30000 ms",
        "  cost 0.5 EUR of 2 EUR (25%) · 0.6 EUR per minute                       failed/s  █▁▁▁▁▁▁▁▁▁▁▁▁▁▁█▁▁▁▁▁▁▁▁▁▁▁▁▁▁  max 1/s",
        "  tokens/s  ██████████████████████████████  max 1,500/s                ─ burn itself ───────────────────────────────────────────────────────",
        "                                                                         lag p99 1.25ms · event loop 8% busy, late by 2ms at p99 · CPU 12% ·",
        "                                                                         memory 100 MiB at most",
        "                                                                         late by  ██████████████████████████████  max 0.5ms",
      ]
    `)
  })

  test('a low window has figures without titles and charts', () => {
    expect(renderLive(view, { ...look, width: 40, height: 12 })).toMatchInlineSnapshot(`
      [
        "suppor…  ██░░░░░░░░  25%  40s  2m left",
        "  phase 2/3 main · 1m30s left",
        "  ! lag p99 is 12ms (+1)",
        "  users 50 · in flight 12 ·",
        "  19.8/s of 20/s planned",
        "  ok 1,200 · failed 3 · dropped 1 ·",
        "  cut 0 · errors 0.25%",
        "  connections 50 open · 2.3 MiB/s in ·",
        "  12.2 KiB/s out",
        "  response_time  p50 820ms   p95 1.9s",
        "  ttft  p50 180ms   p95 412ms",
      ]
    `)
  })

  test('a pane alone has tall charts', () => {
    expect(renderLive(view, { ...look, width: 60, height: 16, pane: 'load' })).toMatchInlineSnapshot(`
      [
        "support-chat  █████░░░░░░░░░░░░░░░  25%  40s  2m left",
        "  phase 2/3 main · 1m30s left",
        "  ! lag p99 is 12ms (+1)",
        "─ load ─────────────────────────────────────────────────────",
        "  users 50 · in flight 12 · 19.8/s of 20/s planned",
        "  ok 1,200 · failed 3 · dropped 1 · cut 0 · errors 0.25%",
        "  connections 50 open · 2.3 MiB/s in · 12.2 KiB/s out",
        "  started/s  max 19/s",
        "    ▃▅█  ▃▅█  ▃▅█  ▃▅█  ▃▅█  ▃▅█",
        "  ▆████▆████▆████▆████▆████▆████",
        "  ██████████████████████████████",
        "  in flight  max 15",
        "  ██████████████████████████████",
        "  ██████████████████████████████",
        "  ██████████████████████████████",
      ]
    `)
  })

  test.each([
    [{ kind: 'time', elapsedMs: 0, lengthMs: 100_000 }, '  0%  0ms  1m40s left'],
    [{ kind: 'time', elapsedMs: 99_001, lengthMs: 100_000 }, ' 99%  1m39s  1s left'],
    [{ kind: 'time', elapsedMs: 130_000, lengthMs: 100_000 }, '100%  2m10s  0s left'],
    [{ kind: 'time', elapsedMs: 0, lengthMs: 0 }, '100%  0ms  0s left'],
    [{ kind: 'iterations', elapsedMs: 10_000, done: 0, total: 500 }, '  0%  10s  500 to do'],
    [{ kind: 'iterations', elapsedMs: 10_000, done: 100, total: 500 }, ' 20%  10s  about 40s left'],
    [{ kind: 'iterations', elapsedMs: 10_000, done: 500, total: 500 }, '100%  10s  about 0s left'],
  ] as const)('progress %j ends with %j', (total, end) => {
    const [head = ''] = renderLive({ ...view, total }, look)
    expect(head.endsWith(end)).toBe(true)
    expect(head.match(/[█░]/g)).toHaveLength(20)
  })

  test('draining has no time left', () => expect(renderLive({ ...view, draining: true }, look)[0]).toMatch(/40s {2}draining$/))

  describe.each([40, 60, 80, 110, 200])('in %i columns', (width) => {
    test.each([2, 5, 10, 24, 60])('fewer than %i lines, none too wide, whatever the texts', (height) => {
      for (const pane of [undefined, ...PANES]) {
        for (const [shown, unicode] of [
          [view, true],
          [hostile, true],
          [hostile, false],
        ] as const) {
          const lines = renderLive(shown, { width, height, color: false, unicode, ...(pane && { pane }) })
          expect(lines.length).toBeLessThan(height)
          expect(lines.filter((line) => displayWidth(line) > width)).toEqual([])
          expect(lines.filter((line) => /[\x00-\x1f\x7f-\x9f]/.test(line))).toEqual([])
          if (!unicode) expect(lines.join('')).toMatch(/^[\x20-\x7e]*$/)
        }
      }
    })
  })

  test('colour changes nothing but colour', () => {
    const coloured = renderLive(hostile, { ...look, color: true })
    expect(coloured.join('')).toContain('\x1b[')
    expect(coloured.map(stripVTControlCharacters)).toEqual(renderLive(hostile, look))
  })
})

describe('renderLiveLine', () => {
  const at = new Date(2026, 0, 2, 9, 8, 7)

  test('the time of day and what matters most, in 120 columns', () => {
    expect(renderLiveLine(view, at)).toBe(
      '09:08:07 25% | 1,200 ok | 3 failed (0.25%) | 1 dropped | 19.8/s of 20/s planned | p95 1.9s | 3x http_status',
    )
    expect(renderLiveLine({ ...view, failed: 0, dropped: 0, topError: null, warnings: [] }, at)).toBe(
      '09:08:07 25% | 1,200 ok | 19.8/s of 20/s planned | p95 1.9s | in flight 12 | phase 2/3 main',
    )
    expect(renderLiveLine(hostile, at).length).toBeLessThanOrEqual(120)
  })

  test('holds no control character', () => expect(/[\x00-\x1f\x7f-\x9f]/.test(renderLiveLine(hostile, at))).toBe(false))
})

test('observed servers have a pane; one that never answered is no healthy one', () => {
  const servers = [
    { host: 'gpu-1:8000', facts: ['running 4', 'waiting 12'], failed: null },
    { host: 'gpu-2:8000', facts: [], failed: 'status 404\u001b[31m' },
  ]
  const text = renderLive({ ...view, servers }, { ...look, height: 60 }).join('\n')
  expect(text).toContain('gpu-1:8000 · running 4 · waiting 12')
  expect(text).toMatch(/gpu-2:8000 · no answer: status 404(?!\u001b)/)
  expect(renderLive(view, { ...look, height: 60 }).join('\n')).not.toContain('observed servers')
})
