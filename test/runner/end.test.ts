/** Phases that do not count, and how a run ends. */
import { expect } from 'vitest'
import { timedTest } from '../support/quiet.ts'
import { runScenario } from '../support/run.ts'
import { chatAt, HEALTH, localMock, threadMock } from './targets.ts'

const FAST = { firstTokenMs: 0, gapMs: 0, tokens: 2 }
const CHAT = [{ message: 'x' }]

timedTest('a warm-up is measured and shown, and is in no total, threshold, error group, check or lag', async () => {
  const mock = await localMock({ ...FAST, unavailableAfter: 0, unavailableFor: 10 })
  const { result } = await runScenario({
    name: 'warm',
    target: chatAt(mock),
    load: [
      { name: 'warm', iterations: 10, users: 1, warmup: true },
      { name: 'main', iterations: 20, users: 1 },
    ],
    steps: [{ message: 'x', name: 'only', expect: [{ contains: 'turn' }] }],
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
  expect(result.windowMs).toBeCloseTo(result.phases[1]?.windowMs ?? 0, 6)
})

timedTest('what is in flight at the end may finish, and does not count for rates', async () => {
  const mock = await threadMock({ ...FAST, firstTokenMs: 300 })
  const { result } = await runScenario({
    name: 'drain',
    target: chatAt(mock),
    load: [{ rate: '50/s', for: '500ms', maxUsers: 50 }],
    steps: CHAT,
  })
  expect(result.total.counts).toMatchObject({ planned: 25, ok: 25, cut: 0 })
  expect(result.windowMs).toBeCloseTo(500, 6)
  expect(result.durationMs).toBeGreaterThan(750)
  // Only those due in the first 200 ms have ended by then.
  expect(result.total.values.rate).toBeGreaterThanOrEqual(8 / 0.5)
  expect(result.total.values.rate).toBeLessThanOrEqual(11 / 0.5)
  expect(result.total.values.started_rate).toBeCloseTo(50, 6)
})

timedTest('what still is in flight when the grace is over is cut: counted, in no latency, and the socket is freed', async () => {
  const mock = await localMock({ ...FAST, firstTokenMs: 60_000 })
  const { result, attempts } = await runScenario({
    name: 'cut',
    target: chatAt(mock),
    load: [{ rate: '50/s', for: '200ms', maxUsers: 50 }],
    graceful: '150ms',
    steps: [{ message: 'x' }, { message: 'never' }],
  })
  expect(result.total.counts).toEqual({ planned: 10, started: 10, ok: 0, failed: 0, cut: 10, dropped: 0 })
  expect(result.total.distributions).toEqual({})
  expect(result.total.values.errors).toBeNull()
  expect(result.iterations).toMatchObject({ planned: 10, completed: 0, cut: 10 })
  expect(result.exitCode).toBe(3)
  expect(result.durationMs).toBeGreaterThanOrEqual(349)
  expect(result.durationMs).toBeLessThan(600)
  for (const { exchange } of attempts) expect(exchange.failure).toBeUndefined()
  await expect.poll(() => mock.stats()).toMatchObject({ requests: 10, inFlight: 0, clientsLeft: 10, connectionsOpen: 0 })
})

timedTest('a run of which most was cut is not valid, and its percentiles cannot be known', async () => {
  const mock = await threadMock({ ...FAST, firstTokenMs: 700 })
  const { result } = await runScenario({
    name: 'mostly cut',
    target: chatAt(mock),
    load: [{ rate: '20/s', for: '1s', maxUsers: 50 }],
    graceful: '10ms',
    steps: CHAT,
    thresholds: ['response_time p95 < 10s', 'ttft p95 < 10s', 'response_time p10 < 10s'],
  })
  const { planned, ok, cut } = result.total.counts
  expect(planned).toBe(20)
  expect(ok + cut).toBe(20)
  expect(ok).toBeGreaterThan(2)
  expect(cut).toBeGreaterThan(10)
  expect(result.total.censored).toEqual({ response_time: cut, service_time: cut, e2e: cut, stall: cut, ttft: cut, ttfo: cut })
  // how late the generator itself was depends on the machine
  const reasons = result.validity.reasons.filter(({ code }) => code !== 'lag')
  expect(reasons).toMatchObject([{ level: 'invalid', code: 'cut', hint: expect.stringContaining('graceful') }])
  expect(result.thresholds.slice(0, 3).map(({ state }) => state)).toEqual(['failed', 'failed', 'passed'])
  expect(result.exitCode).toBe(4)
  expect(result.exitCodes).toContain(1)
})

timedTest('what was cut after its first token is missing from what comes later only', async () => {
  const mock = await threadMock({ ...FAST, tokens: 40, gapMs: 100 })
  const { result } = await runScenario({
    name: 'streams cut',
    target: chatAt(mock),
    load: [{ users: 3, for: '300ms' }],
    graceful: '100ms',
    steps: CHAT,
  })
  expect(result.total.counts).toMatchObject({ planned: 3, cut: 3 })
  expect(result.total.censored).toEqual({ response_time: 3, service_time: 3, e2e: 3, stall: 3 })
})

timedTest('a pass says which warnings there were', async () => {
  const mock = await localMock({ ...FAST, rateLimitEvery: 2 })
  const { result } = await runScenario({
    name: 'warned',
    target: chatAt(mock),
    load: [{ iterations: 10, users: 1 }],
    steps: CHAT,
    thresholds: ['errors ratio < 60%', { threshold: 'errors ratio < 1%', severity: 'warn' }],
  })
  expect(result.reason).toBe('all that must be met was met, with 1 warning: errors were 50%, limit 1%, over 10 samples')
  expect(result.exitCode).toBe(0)
})

timedTest('a warning does not take the place of the rule on errors', async () => {
  const mock = await localMock({ ...FAST, rateLimitEvery: 2 })
  const { result } = await runScenario({
    name: 'only warned',
    target: chatAt(mock),
    load: [{ iterations: 10, users: 1 }],
    steps: CHAT,
    thresholds: [{ threshold: 'errors ratio < 1%', severity: 'warn' }, 'errors count < 100'],
  })
  expect(result.exitCode).toBe(1)
  expect(result.reason).toContain('errors were 50%, limit 10%, over 10 samples')
})

timedTest('iterations end before their next step when the load is over', async () => {
  const mock = await localMock({ ...FAST, firstTokenMs: 100 })
  const { result } = await runScenario({
    name: 'stop',
    target: chatAt(mock),
    load: [{ users: 2, for: '250ms' }],
    steps: [{ loop: { times: 100, steps: CHAT } }],
  })
  const { planned, ok, cut } = result.total.counts
  expect(ok).toBe(planned)
  expect(cut).toBe(0)
  expect(planned).toBeGreaterThanOrEqual(2)
  expect(planned).toBeLessThanOrEqual(6)
  expect(result.iterations).toMatchObject({ planned: 2, completed: 0, cut: 2 })
})

timedTest('a run that is stopped early has the window that it had, and the arrivals that were due by then', async () => {
  const mock = await threadMock({})
  const { result } = await runScenario(
    { name: 'early', target: { url: mock.url }, load: [{ rate: '200/s', for: '60s', maxUsers: 20 }], steps: HEALTH },
    { during: (control) => setTimeout(() => control.stop('signal'), 500) },
  )
  const { planned, started, dropped, ok } = result.total.counts
  expect(started + dropped).toBe(planned)
  expect(ok).toBe(started)
  expect(dropped).toBe(0)
  expect(Math.abs(planned - result.windowMs / 5)).toBeLessThanOrEqual(3)
  expect(result.windowMs).toBeLessThan(650)
  expect(result.total.values.started_rate).toBeCloseTo((started * 1000) / result.windowMs, 6)
})

timedTest('phases after a stop never were', async () => {
  const mock = await threadMock({})
  const { result } = await runScenario(
    {
      name: 'phases',
      target: { url: mock.url },
      load: [
        { users: 1, for: '60s', pace: '50/s' },
        { users: 1, for: '60s' },
      ],
      steps: HEALTH,
    },
    { during: (control) => setTimeout(() => control.stop('signal'), 300) },
  )
  expect(result.phases).toHaveLength(1)
  expect(result.windowMs).toBeLessThan(500)
})

timedTest('a windowed threshold with abort ends the run early, and says so', async () => {
  const mock = await threadMock({ ...FAST, firstTokenMs: 30 })
  const { result } = await runScenario({
    name: 'abort',
    target: chatAt(mock),
    load: [{ rate: '50/s', for: '60s', maxUsers: 10 }],
    steps: CHAT,
    thresholds: [{ threshold: 'ttft p95 < 10ms', window: '1s', abort: true }, 'ttft p95 < 10s'],
  })
  expect(result.thresholds).toMatchObject([{ state: 'failed', aborted: true }, { state: 'passed' }, { state: 'passed' }])
  expect(result.exitCodes).toContain(1)
  // Stopping in the middle of the timetable is not falling behind it.
  expect(result.validity.reasons.map(({ code }) => code)).not.toContain('dropped')
  expect(result.windowMs).toBeGreaterThan(900)
  expect(result.windowMs).toBeLessThan(2500)
  expect(result.total.counts).toMatchObject({ failed: 0, cut: 0 })
  expect(Math.abs(result.total.counts.planned - result.windowMs / 20)).toBeLessThanOrEqual(1.01)
})

timedTest('a windowed threshold sees the last, incomplete second too', async () => {
  const mock = await threadMock(FAST)
  const { result } = await runScenario({
    name: 'last',
    target: chatAt(mock),
    load: [{ iterations: 50, users: 5 }],
    steps: CHAT,
    thresholds: [{ threshold: 'ttft p50 < 1s', window: '1s' }],
  })
  expect(result.thresholds[0]).toMatchObject({ state: 'passed', samples: 50 })
})

timedTest('a windowed rate is not judged in the drain, in which nothing can start', async () => {
  const mock = await threadMock(FAST)
  const slow = { set: { mock: '{"firstTokenMs":1500}' } }
  const { result } = await runScenario({
    name: 'rate',
    target: { ...chatAt(mock), headers: { 'x-mock': '{{mock}}' } },
    vars: { mock: '{}' },
    load: [{ rate: '60/s', for: '1100ms', maxUsers: 20 }],
    steps: [{ if: 'iteration.index == 60', then: [slow] }, { message: 'x' }],
    thresholds: [{ threshold: 'started_rate > 40/s', window: '1s' }],
  })
  expect(result.durationMs).toBeGreaterThan(2300)
  expect(result.thresholds[0]).toMatchObject({ state: 'passed' })
})

timedTest('a pause starts nothing, and is part of the window', async () => {
  const mock = await threadMock(FAST)
  const { attempts, result } = await runScenario({
    name: 'pause',
    target: chatAt(mock),
    load: [{ iterations: 5, users: 1 }, { pause: '200ms' }, { iterations: 5, users: 1 }],
    steps: CHAT,
  })
  const sent = attempts.map(({ exchange }) => exchange.sentAt)
  expect((sent[5] ?? 0) - (sent[4] ?? 0)).toBeGreaterThanOrEqual(199)
  expect(result.phases[1]?.windowMs).toBeCloseTo(200, 6)
})
