/** A search that has found its load, and the points that it measured. */
import type { MeasuredPoint, SearchResult } from '../../../src/result/search.ts'

export const point = (number: number, load: number, used: number, own: Partial<MeasuredPoint> = {}): MeasuredPoint => ({
  ...{ number, load, isLong: false, counts: true, warmupS: 30, seconds: 60, folder: `0${number}`, runId: 'r', startTime: 0 },
  ...{
    durationMs: 90_000,
    exitCode: used < 1 ? 0 : 1,
    verdict: 'passed',
    reason: 'all met',
    attempts: 600,
    okPerSecond: load * 2,
  },
  ...{ meanInFlight: load / 2, p50Ms: 80, p95Ms: 100 * load, errorRate: 0, cost: null, neededSeconds: 20 },
  tiers: [{ tier: 'thresholds', holds: used < 1, used, nearest: 'response_time p95 < 1s' }],
  ...own,
})

export const tier = {
  ...{ name: 'thresholds', thresholds: ['response_time p95 < 1s'], ended: 'settled' as const, confirmed: 9 },
  ...{ estimate: { load: 9.5, low: 9.1, high: 9.9 }, failed: 12, nearest: 'response_time p95 < 1s' },
}

export const search: SearchResult = {
  ...{ searchVersion: '1.0', searchId: 'a', search: 'chat', file: 'chat.yaml', scenarioHash: 'h', status: 'completed' },
  ...{ verdict: 'found', reason: 'holds 9 users', exitCode: 0, for: 'users', holds: null, from: 1, max: 100, precision: 0.05 },
  ...{ seed: 's', startTime: 0, durationMs: 360_000, cost: null, tiers: [tier], knee: 9 },
  points: [
    point(1, 1, 0),
    point(2, 12, 30),
    point(3, 9, 0.8, { isLong: true, seconds: 600 }),
    point(4, 10, 1, { counts: false }),
  ],
}
