/** Phases that do not count, and how a run ends. */
import { expect, test, vi } from 'vitest'
import { after } from '../../src/clock.ts'
import { chatTarget, type Reply, runScenario, runVirtual } from '../support/virtual.ts'
import { chatAt, localMock } from './targets.ts'

const CHAT = [{ message: 'x' }]
/** Every second request is one too many. */
const LIMITED = (n: number): Reply | undefined => (n % 2 === 1 ? { headMs: 1, status: 429 } : undefined)

test('a warm-up is measured and shown, and is in no total, threshold, error group, check or lag', async () => {
  const target = chatTarget({}, (n) => (n < 10 ? { headMs: 1, status: 503 } : undefined))
  const { result } = await runVirtual({
    name: 'warm',
    target: chatAt(target),
    load: [
      { name: 'warm', iterations: 10, users: 1, warmup: true },
      { name: 'main', iterations: 20, users: 1 },
    ],
    steps: [{ message: 'x', name: 'only', expect: [{ contains: 'word' }] }],
    thresholds: ['errors ratio < 1%', 'errors{step=only} ratio < 1%'],
  })
  expect(result.total.counts).toEqual({ planned: 20, started: 20, ok: 20, failed: 0, cut: 0, dropped: 0 })
  expect(result.warmup?.counts).toEqual({ planned: 10, started: 10, ok: 0, failed: 10, cut: 0, dropped: 0 })
  expect(result.phases.map(({ name, warmup, counts }) => [name, warmup, counts.planned])).toEqual([
    ['warm', true, 10],
    ['main', false, 20],
  ])
  expect(result.steps[0]?.counts.planned).toBe(20)
  expect(result.steps[0]?.checks).toMatchObject([{ passed: 20, failed: 0 }])
  expect(result.thresholds.map(({ state }) => state)).toEqual(['passed', 'passed', 'passed'])
  expect(result.errors).toEqual([])
  expect(result.anomaliesDetected).toBe(0)
  expect(result.generator.lag.count).toBe(20)
  expect([result.windowMs, result.phases[1]?.windowMs]).toEqual([20, 20])
})

test('what is in flight at the end may finish, and does not count for rates', async () => {
  const target = chatTarget({ firstTokenMs: 300 })
  const { result } = await runVirtual({
    name: 'drain',
    target: chatAt(target),
    load: [{ rate: '50/s', for: '500ms', maxUsers: 50 }],
    steps: CHAT,
  })
  expect(result.total.counts).toMatchObject({ planned: 25, ok: 25, cut: 0 })
  // The last is due at 480.
  expect([result.windowMs, result.durationMs]).toEqual([500, 780])
  // Only the 11 that were due by 200 ms have ended by then.
  expect(result.total.values).toMatchObject({ rate: 22, started_rate: 50 })
})

test('what still is in flight when the grace is over is cut: counted, and in no latency', async () => {
  const target = chatTarget({ firstTokenMs: 60_000 })
  const { result, attempts } = await runVirtual({
    name: 'cut',
    target: chatAt(target),
    load: [{ rate: '50/s', for: '200ms', maxUsers: 50 }],
    graceful: '150ms',
    steps: [{ message: 'x' }, { message: 'never' }],
  })
  expect(result.total.counts).toEqual({ planned: 10, started: 10, ok: 0, failed: 0, cut: 10, dropped: 0 })
  expect(result.total.distributions).toEqual({})
  expect(result.total.values.errors).toBeNull()
  expect(result.iterations).toMatchObject({ planned: 10, completed: 0, cut: 10 })
  expect(result.exitCode).toBe(3)
  expect(result.durationMs).toBe(350)
  for (const { exchange } of attempts) expect([exchange.endedAt, exchange.failure]).toEqual([350, undefined])
  expect([target.requests.length, target.cancelled, target.open]).toEqual([10, 10, 0])
})

test('a cut frees the sockets of what is in flight', async () => {
  const mock = await localMock({ firstTokenMs: 60_000 })
  const allAsk = () => expect(mock.stats().inFlight).toBe(3)
  await runScenario(
    { name: 'sockets', target: chatAt(mock), load: [{ iterations: 3, users: 3 }], steps: CHAT },
    { during: (control) => void vi.waitFor(allAsk, { timeout: 20_000 }).finally(() => control.cancel()) },
  )
  await expect.poll(() => mock.stats()).toMatchObject({ requests: 3, inFlight: 0, clientsLeft: 3, connectionsOpen: 0 })
})

test('a run of which most was cut is not valid, and its percentiles cannot be known', async () => {
  const target = chatTarget({ firstTokenMs: 700 })
  const { result } = await runVirtual({
    name: 'mostly cut',
    target: chatAt(target),
    load: [{ rate: '20/s', for: '1s', maxUsers: 50 }],
    graceful: '10ms',
    steps: CHAT,
    thresholds: ['response_time p95 < 10s', 'ttft p95 < 10s', 'response_time p10 < 10s'],
  })
  // Those due at 0, 50, … 300 end by 1010.
  expect(result.total.counts).toMatchObject({ planned: 20, ok: 7, cut: 13 })
  expect(result.total.censored).toEqual({ response_time: 13, service_time: 13, e2e: 13, stall: 13, ttft: 13, ttfo: 13 })
  expect(result.validity.reasons).toMatchObject([{ level: 'invalid', code: 'cut', hint: expect.stringContaining('graceful') }])
  expect(result.thresholds.slice(0, 3).map(({ state }) => state)).toEqual(['failed', 'failed', 'passed'])
  expect(result.exitCode).toBe(4)
  expect(result.exitCodes).toContain(1)
})

test('what was cut after its first token is missing from what comes later only', async () => {
  const target = chatTarget({ tokens: 40, gapMs: 100 })
  const { result } = await runVirtual({
    name: 'streams cut',
    target: chatAt(target),
    load: [{ users: 3, for: '300ms' }],
    graceful: '100ms',
    steps: CHAT,
  })
  expect(result.total.counts).toMatchObject({ planned: 3, cut: 3 })
  expect(result.total.censored).toEqual({ response_time: 3, service_time: 3, e2e: 3, stall: 3 })
})

test('a pass says which warnings there were', async () => {
  const target = chatTarget({}, LIMITED)
  const { result } = await runVirtual({
    name: 'warned',
    target: chatAt(target),
    load: [{ iterations: 10, users: 1 }],
    steps: CHAT,
    thresholds: ['errors ratio < 60%', { threshold: 'errors ratio < 1%', severity: 'warn' }],
  })
  expect(result.reason).toBe('all that must be met was met, with 1 warning: errors were 50%, limit 1%, over 10 samples')
  expect(result.exitCode).toBe(0)
})

test('a warning does not take the place of the rule on errors', async () => {
  const target = chatTarget({}, LIMITED)
  const { result } = await runVirtual({
    name: 'only warned',
    target: chatAt(target),
    load: [{ iterations: 10, users: 1 }],
    steps: CHAT,
    thresholds: [{ threshold: 'errors ratio < 1%', severity: 'warn' }, 'errors count < 100'],
  })
  expect(result.exitCode).toBe(1)
  expect(result.reason).toContain('errors were 50%, limit 10%, over 10 samples')
})

test('iterations end before their next step when the load is over', async () => {
  const target = chatTarget({ firstTokenMs: 100 })
  const { result } = await runVirtual({
    name: 'stop',
    target: chatAt(target),
    load: [{ users: 2, for: '250ms' }],
    steps: [{ loop: { times: 100, steps: CHAT } }],
  })
  // Each asks at 0, 100 and 200.
  expect(result.total.counts).toEqual({ planned: 6, started: 6, ok: 6, failed: 0, cut: 0, dropped: 0 })
  expect(result.durationMs).toBe(300)
  expect(result.iterations).toMatchObject({ planned: 2, completed: 0, cut: 2 })
})

test('a run that is stopped early has the window that it had, and the arrivals that were due by then', async () => {
  const target = chatTarget()
  const { result } = await runVirtual(
    { name: 'early', target: chatAt(target), load: [{ rate: '200/s', for: '60s', maxUsers: 20 }], steps: CHAT },
    { during: (control) => after(504, () => control.stop('signal')) },
  )
  expect(result.total.counts).toEqual({ planned: 101, started: 101, ok: 101, failed: 0, cut: 0, dropped: 0 })
  expect(result.windowMs).toBe(504)
  expect(result.total.values.started_rate).toBe((101 * 1000) / 504)
})

test('phases after a stop never were', async () => {
  const target = chatTarget()
  const { result } = await runVirtual(
    {
      name: 'phases',
      target: chatAt(target),
      load: [
        { users: 1, for: '60s', pace: '50/s' },
        { users: 1, for: '60s' },
      ],
      steps: CHAT,
    },
    { during: (control) => after(300, () => control.stop('signal')) },
  )
  expect(result.phases).toHaveLength(1)
  expect(result.windowMs).toBe(300)
})

test('a windowed threshold with abort ends the run early, and says so', async () => {
  const target = chatTarget({ firstTokenMs: 30 })
  const { result } = await runVirtual({
    name: 'abort',
    target: chatAt(target),
    load: [{ rate: '50/s', for: '60s', maxUsers: 10 }],
    steps: CHAT,
    thresholds: [{ threshold: 'ttft p95 < 10ms', window: '1s', abort: true }, 'ttft p95 < 10s'],
  })
  expect(result.thresholds).toMatchObject([{ state: 'failed', aborted: true }, { state: 'passed' }, { state: 'passed' }])
  expect(result.exitCodes).toContain(1)
  // Stopping in the middle of the timetable is not falling behind it.
  expect(result.validity.reasons.map(({ code }) => code)).not.toContain('dropped')
  expect(result.windowMs).toBe(1000)
  expect(result.total.counts).toMatchObject({ planned: 50, ok: 50, failed: 0, cut: 0 })
})

test('a windowed threshold sees the last, incomplete second too', async () => {
  const target = chatTarget()
  const { result } = await runVirtual({
    name: 'last',
    target: chatAt(target),
    load: [{ iterations: 50, users: 5 }],
    steps: CHAT,
    thresholds: [{ threshold: 'ttft p50 < 1s', window: '1s' }],
  })
  expect(result.thresholds[0]).toMatchObject({ state: 'passed', samples: 50 })
})

test('a windowed rate is not judged in the drain, in which nothing can start', async () => {
  const target = chatTarget()
  const slow = { set: { mock: '{"firstTokenMs":1500}' } }
  const { result } = await runVirtual({
    name: 'rate',
    target: { ...chatAt(target), headers: { 'x-mock': '{{mock}}' } },
    vars: { mock: '{}' },
    load: [{ rate: '60/s', for: '1100ms', maxUsers: 20 }],
    steps: [{ if: 'iteration.index == 60', then: [slow] }, { message: 'x' }],
    thresholds: [{ threshold: 'started_rate > 40/s', window: '1s' }],
  })
  // Due at 1000.
  expect(result.durationMs).toBe(2500)
  expect(result.thresholds[0]).toMatchObject({ state: 'passed' })
})

test('a pause starts nothing, and is part of the window', async () => {
  const target = chatTarget()
  const { attempts, result } = await runVirtual({
    name: 'pause',
    target: chatAt(target),
    load: [{ iterations: 5, users: 1 }, { pause: '200ms' }, { iterations: 5, users: 1 }],
    steps: CHAT,
  })
  expect(attempts.map(({ exchange }) => exchange.sentAt)).toEqual([0, 1, 2, 3, 4, 205, 206, 207, 208, 209])
  expect(result.phases[1]?.windowMs).toBe(200)
})
