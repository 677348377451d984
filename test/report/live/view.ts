/** What the live view shows: of a run, and of one whose texts want to break out. */
import type { LiveView } from '../../../src/report/live/view.ts'
import { HOSTILE } from '../results.ts'

export const view: LiveView = {
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

export const hostile: LiveView = {
  ...view,
  name: HOSTILE,
  phase: { ...view.phase, name: HOSTILE },
  topError: { class: HOSTILE, count: 3_000_000 },
  errors: Array.from({ length: 20 }, () => ({ class: HOSTILE, count: 3_000_000, message: HOSTILE })),
  cost: { spent: 1e9, perSecond: 1e6, limit: 0, currency: HOSTILE },
  warnings: [HOSTILE],
  latencies: Array.from({ length: 5 }, () => ({ name: HOSTILE, p50: 3_600_000, p95: 3_600_000 })),
}
