/** Delays in virtual time: the timetable is held, and the wait is in no latency. */
import { expect, test } from 'vitest'
import { faultsText } from '../../../../src/report/text/faults.ts'
import { MemoryTarget, runVirtual } from '../../../support/virtual.ts'

const scenario = (url: string, more: object) => ({
  name: 'delays',
  seed: '3',
  target: { url, protocol: 'memory' as never },
  load: [{ rate: '20/s' as const, for: '60s' as const }],
  steps: [{ request: { say: 'x' }, name: 'ask' } as never],
  ...more,
})

test('arrivals go on while messages are delayed, and no latency or lag has the delay', async () => {
  const target = new MemoryTarget({ reply: () => ({ headMs: 5 }) })
  const faults = [{ delay: '1s..3s', probability: '10%' }]
  const { result, attempts } = await runVirtual(scenario(target.url, { faults }) as never)
  const delay = result.faults?.kinds[0]
  expect(result.total.counts).toMatchObject({ planned: 1200, ok: 1200 })
  expect(result.generator).toMatchObject({ plannedArrivals: 1200, startedArrivals: 1200 })
  expect(target.requests).toHaveLength(1200)
  expect(delay).toMatchObject({ offered: 1200, expected: expect.closeTo(120), ok: delay?.injected, failed: 0, cut: 0 })
  expect(delay?.waitedMs).toBeGreaterThan((delay?.injected ?? 0) * 1000)
  expect(delay?.longestWaitMs).toBeLessThanOrEqual(3000)
  // A timer may be due up to 1 ms after an arrival whose time is no whole number.
  expect(result.total.distributions.response_time?.max).toBeLessThan(6)
  expect(result.generator.lag.max).toBeLessThan(1)
  const onTime = attempts.filter(({ exchange }) => exchange.fault === undefined)
  expect(onTime).toHaveLength(1200 - (delay?.injected ?? 0))
  expect(onTime.every(({ exchange }) => exchange.sentAt - exchange.intended < 1)).toBe(true)
})

test('delayed messages are sent when the load is over, as what is in flight', async () => {
  const target = new MemoryTarget({ reply: () => ({ headMs: 5 }) })
  const faults = [{ delay: '90s', probability: '100%', from: '50s' }]
  const { result } = await runVirtual(scenario(target.url, { faults, graceful: '79s' }) as never)
  const delay = result.faults?.kinds[0]
  expect(delay).toMatchObject({ offered: 200, injected: 200 })
  expect((delay?.ok ?? 0) + (delay?.cut ?? 0)).toBe(200)
  expect(delay?.ok).toBe(0)
  expect(delay?.neverSent).toBe(1200 - target.requests.length)
  expect(result.faults?.sent).toBe(target.requests.length)
  expect(faultsText(result)).toMatch(/^delay 200 \(4h\d+m in all, 200 cut by the end of the run, 200 of them never sent\)/)
  expect(target.requests).toHaveLength(1000)
})

test('windows are of the load: nothing is hit before or after', async () => {
  const target = new MemoryTarget({ reply: () => ({ headMs: 5 }) })
  const faults = [{ status: 500, probability: '100%', from: '10s', until: '20s' }]
  const { result, attempts } = await runVirtual(scenario(target.url, { faults }) as never)
  const first = attempts[0]?.exchange.intended ?? 0
  const hit = attempts.filter(({ exchange }) => exchange.fault !== undefined).map(({ exchange }) => exchange.intended - first)
  expect([Math.min(...hit), Math.max(...hit), hit.length]).toEqual([10_000, 19_950, 200])
  expect(result.errorRate).toBe(0)
  expect(result.timeline.reduce((sum, row) => sum + row.failed, 0)).toBe(0)
  expect(result.timeline.reduce((sum, row) => sum + (row.injected ?? 0), 0)).toBe(200)
  expect(result.anomalies.bursts).toBe(0)
})

test('the same seed injects into the same attempts', async () => {
  const hits = async (seed: string) => {
    const target = new MemoryTarget({ reply: () => ({ headMs: 5 }) })
    const faults = [
      { status: [500, 503], probability: '5%' },
      { delay: '10ms..20ms', probability: '5%' },
    ]
    const { attempts } = await runVirtual(scenario(target.url, { faults, seed }) as never)
    return attempts.map(({ exchange, start }) => [start.iteration, exchange.fault, exchange.status])
  }
  const once = await hits('3')
  expect(await hits('3')).toEqual(once)
  expect(await hits('4')).not.toEqual(once)
})

test('copies leave at once and take places under rateLimit: what comes after them waits', async () => {
  const target = new MemoryTarget({ reply: () => ({ headMs: 1 }) })
  const faults = [{ duplicate: 1, probability: '100%' }]
  const rateLimit = { requests: '10/s', burst: 1 }
  const load = [{ iterations: 20, users: 4 }]
  const base = scenario(target.url, { faults, load }) as { target: object }
  const { result, attempts } = await runVirtual({ ...base, target: { ...base.target, rateLimit } } as never)
  expect(target.requests).toHaveLength(40)
  const first = attempts[0]?.exchange.sentAt ?? 0
  const sent = attempts.map(({ exchange }) => Math.round(exchange.sentAt - first)).sort((a, b) => a - b)
  expect(sent).toEqual(sent.map((_, index) => index * 200))
  expect(result.target[0]?.limiter?.granted).toBe(40)
})

test('copies that were never sent are counted: planned = sent + not sent', async () => {
  const target = new MemoryTarget({ reply: (_, n) => ({ headMs: 5, status: n % 2 === 0 ? 200 : 500 }) })
  // Where the attempt fails, nothing is sent after it; the second copy is due later.
  const faults = [{ duplicate: 2, gap: '4ms', probability: '100%' }]
  const { result } = await runVirtual(scenario(target.url, { faults, load: [{ iterations: 20, users: 1 }] }) as never)
  const { injected, copies = 0, copiesPlanned, copiesNeverSent = 0 } = result.faults?.kinds[0] ?? { injected: 0 }
  expect(injected).toBe(20)
  expect(target.requests).toHaveLength(20 + copies)
  expect(copiesNeverSent).toBeGreaterThan(0)
  expect(copiesPlanned).toBe(40)
  expect(copies + copiesNeverSent).toBe(40)
})
