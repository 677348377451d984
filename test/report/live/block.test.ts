import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { renderLive } from '../../../src/report/live/block.ts'
import { renderLiveLine } from '../../../src/report/live/line.ts'
import { PANES } from '../../../src/report/live/panes.ts'
import type { LiveView } from '../../../src/report/live/view.ts'
import { displayWidth } from '../../../src/text/display-width.ts'
import { hostile, view } from './view.ts'

const look = { width: 80, color: false, unicode: true }

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
