import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { type LiveView, renderLive, renderLiveLine } from '../../src/report/live.ts'
import { displayWidth } from '../../src/text/display-width.ts'
import { HOSTILE } from './results.ts'

const view: LiveView = {
  name: 'support-chat',
  phase: { name: 'main', index: 1, count: 3, warmup: false, progress: { kind: 'time', elapsedMs: 30_000, lengthMs: 120_000 } },
  total: { kind: 'time', elapsedMs: 40_400, lengthMs: 160_000 },
  draining: false,
  users: 50,
  inFlight: 12,
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
  topError: { class: 'http_status', count: 3 },
  warnings: ['lag p99 is 12ms', 'CPU is full'],
}

const look = { width: 80, color: false, unicode: true }

const hostile: LiveView = {
  ...view,
  name: HOSTILE,
  phase: { ...view.phase, name: HOSTILE },
  topError: { class: HOSTILE, count: 3_000_000 },
  warnings: [HOSTILE],
  latencies: Array.from({ length: 5 }, () => ({ name: HOSTILE, p50: 3_600_000, p95: 3_600_000 })),
}

describe('renderLive', () => {
  test('the block', () => {
    expect(renderLive(view, look)).toEqual([
      'support-chat  █████░░░░░░░░░░░░░░░  25%  40s  2m left',
      '  phase 2/3 main · 1m30s left',
      '  users 50 · in flight 12 · 19.8/s of 20/s planned',
      '  ok 1,200 · failed 3 · dropped 1 · cut 0 · errors 0.25%',
      '  response_time p50 820ms p95 1.9s · ttft p50 180ms p95 412ms',
      '  tokens 1,523/s · 91,380 out',
      '  connections 50 open · 2.3 MiB/s in · 12.2 KiB/s out',
      '  ✗ 3x http_status',
      '  ! lag p99 is 12ms (+1)',
    ])
  })

  test('what is not there takes no line', () => {
    const bare: LiveView = {
      ...view,
      phase: { ...view.phase, count: 1 },
      latencies: [],
      tokens: null,
      connections: null,
      topError: null,
      warnings: [],
      errorRate: null,
      plannedRate: null,
    }
    expect(renderLive(bare, look).slice(1)).toEqual([
      '  users 50 · in flight 12 · 19.8/s',
      '  ok 1,200 · failed 3 · dropped 1 · cut 0 · errors –',
    ])
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

  test.each([40, 60, 80, 200])('at most 16 lines of %i columns, whatever the texts', (width) => {
    for (const shown of [view, hostile]) {
      for (const unicode of [true, false]) {
        const lines = renderLive(shown, { width, color: false, unicode })
        expect(lines.length).toBeLessThanOrEqual(16)
        expect(lines.filter((line) => displayWidth(line) > width)).toEqual([])
        if (!unicode) expect(lines.join('')).toMatch(/^[\x20-\x7e]*$/)
      }
    }
  })

  test('on a narrow terminal facts go on in the next line, whole', () => {
    expect(renderLive(view, { ...look, width: 40 })).toEqual([
      'suppor…  ██░░░░░░░░  25%  40s  2m left',
      '  phase 2/3 main · 1m30s left',
      '  users 50 · in flight 12 ·',
      '  19.8/s of 20/s planned',
      '  ok 1,200 · failed 3 · dropped 1 ·',
      '  cut 0 · errors 0.25%',
      '  response_time p50 820ms p95 1.9s ·',
      '  ttft p50 180ms p95 412ms',
      '  tokens 1,523/s · 91,380 out',
      '  connections 50 open · 2.3 MiB/s in ·',
      '  12.2 KiB/s out',
      '  ✗ 3x http_status',
      '  ! lag p99 is 12ms (+1)',
    ])
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
