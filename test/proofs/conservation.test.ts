/** 20,000 attempts with seeded faults: nothing is lost, nothing is counted twice, and every class has the number that the target planned. */
import { expect, test } from 'vitest'
import { chatAt, threadMock } from '../engine/targets.ts'
import { MADE_BY, madeBy } from './made-by.ts'

const ATTEMPTS = 20_000
const RATES = {
  errorRate: 0.05,
  rateLimitRate: 0.05,
  midStreamErrorRate: 0.05,
  truncateRate: 0.05,
  resetRate: 0.05,
  emptyRate: 0.02,
  stallRate: 0.003,
}
/** What each planned fault must be called. */
const CLASSES = {
  error: 'http_status',
  rate_limited: 'rate_limited',
  midstream_error: 'error_in_stream',
  truncated: 'closed_early',
  reset: 'reset',
  stalled: 'timeout_idle',
} as const

test.for(MADE_BY)(
  '%s: planned = ok + failed + cut + dropped = what the target counted, class by class',
  {
    timeout: 120_000,
  },
  async (by) => {
    const mock = await threadMock({ firstTokenMs: 0, gapMs: 0, tokens: 4, seed: 2026, ...RATES })
    const { result } = await madeBy(
      by,
      {
        name: 'conservation',
        target: { ...chatAt(mock), timeouts: { idle: '2s' } },
        load: [{ iterations: ATTEMPTS, users: 40 }],
        steps: [{ message: 'x' }],
      },
      { url: mock.url },
    )
    const { planned, started, ok, failed, cut, dropped } = result.total.counts
    expect({ planned, started, cut, dropped }).toEqual({ planned: ATTEMPTS, started: ATTEMPTS, cut: 0, dropped: 0 })
    expect(ok + failed).toBe(ATTEMPTS)
    const { requests, byOutcome } = await mock.stats()
    expect(requests).toBe(ATTEMPTS)
    expect(ok).toBe(byOutcome.ok + byOutcome.empty)
    for (const [outcome, failureClass] of Object.entries(CLASSES)) {
      const groups = result.errors.filter((group) => group.class === failureClass)
      const count = groups.reduce((sum, group) => sum + group.count, 0)
      expect(count, failureClass).toBe(byOutcome[outcome as keyof typeof CLASSES])
      expect(count, failureClass).toBeGreaterThan(0)
    }
    expect(new Set(result.errors.map((group) => group.class))).toEqual(new Set(Object.values(CLASSES)))
    expect(result.timeline.reduce((sum, row) => sum + row.ok + row.failed, 0)).toBe(ATTEMPTS)
    expect(result.connectionMetrics.openConnections).toBe(0)
  },
)
