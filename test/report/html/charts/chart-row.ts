/** Rows of a timeline, as charts draw them. */
import type { TimelineRow } from '../../../../src/result/schema.ts'

export const rowOf = (atMs: number, over: Partial<TimelineRow> = {}): TimelineRow => ({
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
