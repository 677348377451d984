import { expect, test } from 'vitest'
import { wholeView } from '../../../../src/cli/output/live/whole-view.ts'
import type { LiveView } from '../../../../src/report/live/view.ts'

const row = (atMs: number, ok: number) => ({
  atMs,
  lengthMs: 1000,
  phase: 'main',
  started: ok,
  ok,
  failed: 0,
  users: 2,
  inFlight: 1,
  peakInFlight: 2,
  lagMs: 1,
  latencies: {},
})

const view = (own: Partial<LiveView>): LiveView => ({
  name: 'x',
  phase: { name: 'main', index: 0, count: 1, warmup: false, progress: { kind: 'iterations', elapsedMs: 5, done: 3, total: 10 } },
  total: { kind: 'iterations', elapsedMs: 5, done: 3, total: 10 },
  draining: false,
  users: 2,
  inFlight: 1,
  waiting: 3,
  plannedRate: 5,
  achievedRate: 4,
  ok: 8,
  failed: 2,
  dropped: 1,
  cut: 0,
  errorRate: 0.2,
  latencies: [{ name: 'response_time', p50: 4, p95: 9 }],
  tokens: null,
  connections: null,
  cost: null,
  errors: [{ class: 'reset', count: 2, message: 'gone' }],
  generator: null,
  servers: [],
  history: [row(0, 4), row(1000, 5)] as never,
  topError: { class: 'reset', count: 2 },
  warnings: ['late'],
  ...own,
})

test('counts and rates are added; percentiles are those of the process with the largest', () => {
  const other = view({
    ok: 30,
    failed: 0,
    latencies: [{ name: 'response_time', p50: 3, p95: 12 }],
    errors: [
      { class: 'reset', count: 1, message: 'other' },
      { class: 'dns', count: 9, message: 'no name' },
    ],
    history: [row(2, 7)] as never,
  })
  const whole = wholeView(view({}), [other])
  expect(whole).toMatchObject({
    ok: 38,
    failed: 2,
    users: 4,
    inFlight: 2,
    waiting: 6,
    dropped: 2,
    plannedRate: 10,
    achievedRate: 8,
    errorRate: 0.05,
  })
  expect(whole.latencies).toEqual([{ name: 'response_time', p50: 4, p95: 12 }])
  expect(whole.errors).toEqual([
    { class: 'dns', count: 9, message: 'no name' },
    { class: 'reset', count: 3, message: 'gone' },
  ])
  expect(whole.total).toMatchObject({ done: 6, total: 20 })
  expect(whole.history.map(({ ok }) => ok)).toEqual([11, 5])
  expect(whole.topError).toMatchObject({ class: 'dns', count: 9 })
  expect(whole.warnings).toEqual(['late'])
})

test('a run by itself shows its own figures', () => {
  const own = view({})
  expect(wholeView(own, [])).toBe(own)
})
