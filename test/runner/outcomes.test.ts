/** Every attempt ends in exactly one outcome, and the numbers of a run agree with each other and with the target. */
import { expect, test } from 'vitest'
import type { Exchange } from '../../src/exchange.ts'
import type { Counts, Result } from '../../src/result/schema.ts'
import { runScenario } from '../support/run.ts'
import { chatAt, faulty, localMock, threadMock } from './targets.ts'

const FAST = { firstTokenMs: 0, gapMs: 0, tokens: 2 }
/** One request in three goes wrong, each way in turn. */
const STORM = {
  ...FAST,
  seed: 11,
  gapMs: 1,
  tokens: 6,
  reasoningTokens: 2,
  errorRate: 0.06,
  rateLimitRate: 0.06,
  midStreamErrorRate: 0.06,
  truncateRate: 0.06,
  resetRate: 0.06,
  emptyRate: 0.03,
  stallRate: 0.01,
}

const balance = ({ planned, ok, failed, cut, dropped }: Counts) => planned - ok - failed - cut - dropped

/** Moments that happened, in the order of the glossary. */
function moments(exchange: Exchange): number[] {
  const { intended, sentAt, firstByteAt, firstTokenAt, firstOutputAt, lastTokenAt, endedAt } = exchange
  return [intended, sentAt, firstByteAt, firstTokenAt, firstOutputAt, lastTokenAt, endedAt].filter((at) => !Number.isNaN(at))
}

function sumOf(rows: Result['timeline'], key: 'started' | 'ok' | 'failed' | 'cut' | 'dropped' | 'outputTokens'): number {
  return rows.reduce((sum, row) => sum + row[key], 0)
}

test('in a faulty run all counts agree, moments never go back, and every slice balances', async () => {
  const mock = await threadMock(STORM)
  const { result, attempts } = await runScenario({
    name: 'storm',
    target: { ...chatAt(mock), timeouts: { idle: '60ms' } },
    load: [
      { rate: '300/s', for: '1500ms', maxUsers: 40 },
      { users: 10, for: '300ms' },
    ],
    graceful: '10ms',
    steps: [
      { message: 'a', name: 'a' },
      { message: 'b', name: 'b' },
    ],
  })
  const { total, steps, phases, timeline, errors } = result
  expect(total.counts.planned).toBeGreaterThan(800)
  for (const slice of [total, ...steps, ...phases]) expect(balance(slice.counts)).toBe(0)
  for (const part of ['planned', 'started', 'ok', 'failed', 'cut', 'dropped'] as const) {
    expect(steps.reduce((sum, step) => sum + step.counts[part], 0)).toBe(total.counts[part])
    expect(phases.reduce((sum, phase) => sum + phase.counts[part], 0)).toBe(total.counts[part])
    if (part !== 'planned') expect(sumOf(timeline, part)).toBe(total.counts[part])
  }
  expect(sumOf(timeline, 'outputTokens')).toBe(total.tokens.output)
  expect(attempts).toHaveLength(total.counts.started)
  expect(errors.reduce((sum, group) => sum + group.count, 0)).toBe(total.counts.failed)
  expect(result.errorTypes).toBe(new Set(errors.map((group) => group.class)).size)
  expect(result.anomalies).toMatchObject({ failed: total.counts.failed, slow: 0 })
  expect(result.anomaliesDetected).toBe(total.counts.failed + (result.anomalies?.repeated ?? 0))
  expect(total.distributions.response_time?.count).toBe(total.counts.ok)
  expect(total.failedServiceTime?.count).toBe(attempts.filter(({ exchange }) => exchange.outcome === 'failed').length)
  const { planned, completed, failed, cut, dropped } = result.iterations
  expect(planned).toBe(completed + failed + cut + dropped)
  for (const { exchange } of attempts) {
    const order = moments(exchange)
    expect(order).toEqual([...order].sort((a, b) => a - b))
    expect(exchange.outcome === 'failed').toBe(exchange.failure !== undefined)
    for (const gap of exchange.gapsMs) expect(gap).toBeGreaterThanOrEqual(0)
  }
})

test('timeline rows follow each other without gaps, and say the phase in which they began', async () => {
  const mock = await threadMock({ ...FAST, firstTokenMs: 5 })
  const { result } = await runScenario({
    name: 'rows',
    target: chatAt(mock),
    load: [
      { name: 'warm', users: 2, for: '400ms', warmup: true },
      { name: 'main', users: 2, for: '1900ms' },
    ],
    steps: [{ message: 'x' }],
  })
  const rows = result.timeline
  expect(rows.slice(0, 3).map(({ phase }) => phase)).toEqual(['warm', 'main', 'main'])
  for (const [i, row] of rows.entries()) expect(row.atMs).toBeCloseTo((rows[i - 1]?.atMs ?? 0) + (rows[i - 1]?.lengthMs ?? 0), 6)
  for (const [i, row] of rows.slice(0, 2).entries()) {
    expect(Math.abs(row.atMs - i * 1000)).toBeLessThan(50)
    expect(row.users).toBe(2)
    expect(row.latencies.response_time?.p50).toBeGreaterThan(4)
  }
  expect(sumOf(rows, 'ok')).toBe(result.total.counts.ok + (result.warmup?.counts.ok ?? 0))
})

test('errors that are alike are one group each', async () => {
  const mock = await localMock({ ...FAST, rateLimitEvery: 2 })
  const { result } = await runScenario({
    name: 'groups',
    target: chatAt(mock),
    load: [{ iterations: 5, users: 1 }],
    steps: [
      { message: 'a', name: 'good' },
      { message: 'b', name: 'limited' },
    ],
  })
  expect(result.errors).toMatchObject([{ class: 'rate_limited', step: 'limited', count: 5, phase: 'headers' }])
  const [group] = result.errors
  expect(group?.firstMs).toBeLessThan(group?.lastMs ?? 0)
  expect(group?.hint).toContain('quota')
  expect(result.errorRate).toBe(0.5)
})

test('a missed objective counts against goodput, and the latency stays in the distribution', async () => {
  const mock = await threadMock({ ...FAST, delay: { multiplier: 300, modulus: 600 } })
  const { result } = await runScenario({
    name: 'goodput',
    target: chatAt(mock),
    load: [{ iterations: 20, users: 5 }],
    steps: [{ message: 'x', expect: [{ ttft: '< 200ms' }] }],
  })
  expect(result.total.counts).toMatchObject({ ok: 20, failed: 0 })
  expect(result.total.values.good_share).toBe(0.5)
  expect(result.total.values.goodput).toBeCloseTo((result.total.values.rate ?? 0) / 2, 6)
  expect(result.total.distributions.ttft?.count).toBe(20)
  expect(result.total.distributions.ttft?.max).toBeGreaterThanOrEqual(300)
  expect(result.steps[0]?.checks).toMatchObject([{ passed: 10, failed: 10 }])
})

test('a failed check makes its attempt fail, and takes its latency out', async () => {
  const mock = await threadMock(FAST)
  const { result } = await runScenario({
    name: 'check',
    target: chatAt(mock),
    steps: [{ message: 'x', expect: [{ contains: 'no such words' }] }, { message: 'y' }],
  })
  expect(result.total.counts).toMatchObject({ planned: 2, ok: 1, failed: 1 })
  expect(result.errors).toMatchObject([{ class: 'check_failed', phase: 'check' }])
  expect(result.total.distributions.response_time?.count).toBe(1)
})

test.each([
  [404, 'ok', 404],
  [404, 'failed', 200],
  [429, 'ok', 429],
  [500, 'failed', undefined],
])('status %i is %s where %s is expected', async (status, outcome, expected) => {
  const mock = await localMock({ ...FAST, ...(status === 404 ? {} : { status }) })
  const { attempts, result } = await runScenario({
    name: 'status',
    target: { url: mock.url },
    steps: [
      {
        request: { method: 'GET', path: status === 404 ? '/nowhere' : '/health' },
        ...(expected === undefined ? {} : { expect: [{ status: expected }] }),
      },
    ],
  })
  expect(attempts[0]?.exchange.status).toBe(status)
  expect(attempts[0]?.exchange.outcome).toBe(outcome)
  expect(result.total.counts[outcome as 'ok' | 'failed']).toBe(1)
})

test('a target that refuses: every attempt fails once, at the planned rate', async () => {
  const server = await faulty()
  await server.stop()
  const { result } = await runScenario({
    name: 'refused',
    target: { url: server.url },
    load: [{ rate: '500/s', for: '2s', maxUsers: 50 }],
    steps: [{ message: 'x' }],
  })
  expect(result.total.counts).toEqual({ planned: 1000, started: 1000, ok: 0, failed: 1000, cut: 0, dropped: 0 })
  expect(result.errors).toMatchObject([{ class: 'refused', phase: 'connect', count: 1000 }])
  expect(result.connectionMetrics).toMatchObject({ totalConnections: 1000, failedConnections: 1000, openConnections: 0 })
  expect(result.exitCodes).toContain(3)
})

test.each([
  ['iterations', [{ message: 'x' }, { message: 'y' }]],
  ['a loop within one', [{ loop: { times: 100_000, steps: [{ message: 'x' }] } }]],
])('users of a closed load rest longer and longer while their target refuses: %s', async (_, steps) => {
  const server = await faulty()
  await server.stop()
  const { result, attempts } = await runScenario({
    name: 'refused closed',
    target: { url: server.url },
    load: [{ users: 10, for: '1500ms' }],
    steps,
  })
  // 10 + 20 + … + 640 ms are 1270: seven rests, eight tries; the next rest is of 1 s.
  const { planned, failed, cut, dropped } = result.total.counts
  expect({ failed, cut, dropped }).toEqual({ failed: planned, cut: 0, dropped: 0 })
  expect(planned).toBeGreaterThan(40)
  expect(planned).toBeLessThanOrEqual(80)
  expect(result.generator.cpuShare).toBeLessThan(1)
  const own = attempts.filter(({ session }) => session === 0).map(({ exchange }) => exchange)
  for (const [n, exchange] of own.entries()) {
    const before = own[n - 1]
    if (before) expect(exchange.intended - before.endedAt).toBeCloseTo(10 * 2 ** (n - 1), 3)
  }
  expect(result.exitCode).toBe(3)
})

test('a target that comes back is asked at full speed again', async () => {
  const mock = await localMock(FAST)
  const { result, attempts } = await runScenario({
    name: 'back',
    targets: { dead: { url: 'http://127.0.0.1:9/' }, alive: chatAt(mock) },
    load: [{ iterations: 4, users: 1 }],
    flows: [
      {
        name: 'both',
        weight: 1,
        steps: [
          { message: 'x', target: 'dead' },
          { message: 'y', target: 'alive' },
          { message: 'z', target: 'alive' },
        ],
      },
    ],
  })
  expect(result.total.counts).toMatchObject({ planned: 12, ok: 8, failed: 4 })
  const exchanges = attempts.map(({ exchange }) => exchange)
  const rests = exchanges.slice(1).map((exchange, i) => Math.round(exchange.intended - (exchanges[i]?.endedAt ?? 0)))
  expect(rests).toEqual([10, 0, 0, 10, 0, 0, 10, 0, 0, 10, 0])
})
