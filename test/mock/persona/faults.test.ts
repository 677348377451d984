import { describe, expect, test } from 'vitest'
import { planFault } from '../../../src/mock/persona/faults.ts'
import { type MockOverrides, resolveSettings } from '../../../src/mock/persona/settings.ts'
import { mockFor, post } from '../harness.ts'

describe('the plan', () => {
  const outcomes = (settings: MockOverrides, n: number): string[] =>
    Array.from({ length: n }, (_, k) => planFault(resolveSettings(settings), k).outcome)

  test('the same seed gives the same sequence, another seed another', () => {
    const rates = { errorRate: 0.2, rateLimitRate: 0.2, resetRate: 0.2 }
    expect(outcomes({ ...rates, seed: 7 }, 200)).toEqual(outcomes({ ...rates, seed: 7 }, 200))
    expect(outcomes({ ...rates, seed: 7 }, 200)).not.toEqual(outcomes({ ...rates, seed: 8 }, 200))
  })

  test('shares come out as asked, over all kinds', () => {
    const rate = 0.1
    const rates = { errorRate: rate, rateLimitRate: rate, gatewayTimeoutRate: rate, midStreamErrorRate: rate }
    const all = outcomes({ ...rates, truncateRate: rate, resetRate: rate, stallRate: rate, emptyRate: rate }, 10_000)
    const counts = Object.groupBy(all, (outcome) => outcome)
    expect(Object.keys(counts)).toHaveLength(9)
    for (const outcome of Object.keys(counts)) {
      const expected = outcome === 'ok' ? 2000 : 1000
      expect(Math.abs((counts[outcome]?.length ?? 0) - expected)).toBeLessThan(150)
    }
  })

  test('a rate of 1 hits always, a rate of 0 never', () => {
    expect(new Set(outcomes({ emptyRate: 1 }, 1000))).toEqual(new Set(['empty']))
    expect(new Set(outcomes({}, 1000))).toEqual(new Set(['ok']))
  })

  test('unavailableAfter and unavailableFor make a hole of 503', () => {
    const plan = Array.from({ length: 6 }, (_, k) => planFault(resolveSettings({ unavailableAfter: 2, unavailableFor: 3 }), k))
    expect(plan.map((fault) => ('status' in fault ? fault.status : 200))).toEqual([200, 200, 503, 503, 503, 200])
  })

  test('the rate-limited persona refuses every third request, for 2 to 4 seconds', () => {
    const plan = Array.from({ length: 300 }, (_, k) => planFault(resolveSettings({ persona: 'rate-limited' }), k))
    const waits = plan.flatMap((fault, k) => (fault.outcome === 'rate_limited' ? [[k % 3, fault.retryAfterSeconds]] : []))
    expect(waits).toHaveLength(100)
    expect(new Set(waits.map(([rest]) => rest))).toEqual(new Set([2]))
    expect(new Set(waits.map(([, seconds]) => seconds))).toEqual(new Set([2, 3, 4]))
  })

  test('over the wire: the server counts what it planned, in order of arrival', async () => {
    const settings = { seed: 3, errorRate: 0.3, emptyRate: 0.3 }
    const mock = await mockFor(settings)
    for (let i = 0; i < 30; i += 1) await (await post(mock, '/chat', { message: 'x' })).text()
    expect(mock.log().map((entry) => entry.outcome)).toEqual(outcomes(settings, 30))
    expect(mock.stats().byOutcome.error).toBe(outcomes(settings, 30).filter((outcome) => outcome === 'error').length)
  })
})
