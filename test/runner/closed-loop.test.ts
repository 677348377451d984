/** The closed model: head counts, hand-over, budgets, pace. */
import { expect, test } from 'vitest'
import type { SettledAttempt } from '../../src/runner/run-context.ts'
import { timedTest } from '../support/quiet.ts'
import { runScenario } from '../support/run.ts'
import { chatAt, faulty, HEALTH, localMock, threadMock } from './targets.ts'

const FAST = { firstTokenMs: 0, gapMs: 0, tokens: 2 }
const STEADY = { ...FAST, firstTokenMs: 10 }
const CHAT = [{ message: 'x' }]

/** Users that had an attempt due between two moments, in ms since the first. */
function usersBetween(attempts: readonly SettledAttempt[], fromMs: number, toMs: number): number {
  const zero = Math.min(...attempts.map(({ exchange }) => exchange.intended))
  const due = attempts.filter(({ exchange }) => exchange.intended - zero >= fromMs && exchange.intended - zero < toMs)
  return new Set(due.map(({ session }) => session)).size
}

timedTest('a ramp has the head count of its line, and the ramp of the next phase starts from it', async () => {
  const mock = await threadMock(STEADY)
  const { attempts, result } = await runScenario({
    name: 'ramp',
    target: chatAt(mock),
    load: [
      { users: { from: 0, to: 10 }, for: '1s' },
      { users: 4, for: '600ms', ramp: '300ms' },
    ],
    steps: CHAT,
  })
  for (const [at, wanted] of [
    [250, 2.5],
    [500, 5],
    [750, 7.5],
    [1150, 7],
    [1450, 4],
  ] as const)
    expect(Math.abs(usersBetween(attempts, at - 30, at + 30) - wanted), `at ${at} ms`).toBeLessThanOrEqual(1.5)
  expect(result.connectionMetrics.maxOpenConnections).toBe(10)
  expect(result.windowMs).toBeCloseTo(1600, 6)
})

timedTest('phases hand over without draining: an iteration may span them, and no user rests', async () => {
  const mock = await threadMock({ ...FAST, firstTokenMs: 140 })
  const { attempts, result } = await runScenario({
    name: 'handover',
    target: chatAt(mock),
    load: [
      { name: 'one', users: 4, for: '400ms' },
      { name: 'two', users: 4, for: '400ms' },
    ],
    steps: CHAT,
  })
  expect(result.phases.map((phase) => phase.startMs)).toEqual([0, 400])
  for (let user = 0; user < 4; user += 1) {
    const own = attempts.filter(({ session }) => session === user).map(({ exchange }) => exchange)
    const rests = own.slice(1).map((next, i) => next.sentAt - (own[i]?.endedAt ?? 0))
    expect(Math.max(...rests)).toBeLessThan(30)
  }
  // 140 ms each: the third of each user begins at 280 and spans the change; it belongs to the phase in which it was due.
  expect(result.phases[0]?.counts.ok).toBe(12)
  expect(result.connectionMetrics.totalConnections).toBe(4)
})

timedTest('open load after closed load starts on time although users of the closed one are still at work', async () => {
  const mock = await threadMock({ ...FAST, firstTokenMs: 200 })
  const { attempts, result } = await runScenario({
    name: 'closed to open',
    target: chatAt(mock),
    load: [
      { users: 3, for: '300ms' },
      { rate: '20/s', for: '500ms', maxUsers: 30 },
    ],
    steps: CHAT,
  })
  const open = attempts.filter(({ place }) => place.phase === 1).map(({ exchange }) => exchange)
  expect(open).toHaveLength(10)
  const zero = open[0]?.intended ?? 0
  expect(open.map(({ intended }) => Math.round(intended - zero))).toEqual([0, 50, 100, 150, 200, 250, 300, 350, 400, 450])
  expect(Math.max(...open.map(({ queueWaitMs }) => queueWaitMs))).toBe(0)
  expect(result.phases.map((phase) => phase.startMs)).toEqual([0, 300])
})

test.each([
  ['shared by all', { iterations: 100, users: 7 }, 100],
  ['fewer than users', { iterations: 3, users: 7 }, 3],
  ['of each user', { iterationsPerUser: 4, users: 5 }, 20],
])('a budget of iterations %s is kept exactly', async (_, phase, planned) => {
  const mock = await localMock(FAST)
  const { result } = await runScenario({ name: 'budget', target: chatAt(mock), load: [phase, phase], steps: CHAT })
  expect(result.total.counts).toEqual({
    planned: 2 * planned,
    started: 2 * planned,
    ok: 2 * planned,
    failed: 0,
    cut: 0,
    dropped: 0,
  })
  expect(mock.stats().requests).toBe(2 * planned)
  expect(result.phases.map(({ counts }) => counts.planned)).toEqual([planned, planned])
})

timedTest('a phase that ends by its budget ends with its last iteration, so that its rate is right', async () => {
  const mock = await threadMock(FAST)
  const { attempts, result } = await runScenario({
    name: 'short',
    target: { url: mock.url },
    load: [{ iterations: 20, users: 1 }],
    steps: HEALTH,
  })
  const [first, last] = [attempts[0]?.exchange, attempts.at(-1)?.exchange]
  const took = (last?.endedAt ?? 0) - (first?.intended ?? 0)
  expect(result.windowMs - took).toBeGreaterThanOrEqual(0)
  expect(result.windowMs - took).toBeLessThan(5)
})

timedTest('a bound in time ends a budget that is not used up', async () => {
  const mock = await threadMock({ ...FAST, firstTokenMs: 50 })
  const { result } = await runScenario({
    name: 'bound',
    target: chatAt(mock),
    load: [{ iterations: 1000, users: 2, for: '300ms' }],
    steps: CHAT,
  })
  expect(result.windowMs).toBeCloseTo(300, 6)
  const { planned, started, ok, dropped } = result.total.counts
  expect({ planned, ok }).toEqual({ planned: 1000, ok: started })
  expect(started).toBeGreaterThanOrEqual(8)
  expect(started).toBeLessThanOrEqual(12)
  expect(dropped).toBe(1000 - started)
  expect(result.iterations).toMatchObject({ planned: 1000, completed: started, dropped })
  expect(result.validity.reasons).toMatchObject([{ level: 'invalid', code: 'dropped', hint: expect.stringContaining('(for)') }])
  expect(result.exitCode).toBe(4)
})

test.each([
  ['of each user', { iterationsPerUser: 50, users: 2, for: '250ms' }, 100],
  ['with a pace', { iterations: 100, users: 2, for: '250ms', pace: '20/s' }, 100],
])('what time leaves of a budget %s was planned, too, and its phase is told from the next', async (_, phase, planned) => {
  const mock = await threadMock({ ...FAST, firstTokenMs: 40 })
  const { result } = await runScenario({
    name: 'rest',
    target: chatAt(mock),
    load: [phase, { users: 2, for: '100ms' }],
    steps: CHAT,
  })
  const [first, second] = result.phases.map(({ counts }) => counts)
  expect(first).toMatchObject({ planned, dropped: planned - (first?.started ?? 0), cut: 0 })
  expect(second?.dropped).toBe(0)
  expect(second?.started).toBeGreaterThan(0)
})

timedTest('a budget that is stopped in the middle has not fallen behind', async () => {
  const mock = await threadMock({ ...FAST, firstTokenMs: 40 })
  const { result } = await runScenario(
    { name: 'stopped', target: chatAt(mock), load: [{ iterations: 1000, users: 2, for: '60s' }], steps: CHAT },
    { during: (control) => setTimeout(() => control.stop('signal'), 200) },
  )
  expect(result.total.counts.dropped).toBe(0)
  expect(result.validity.reasons.map(({ code }) => code)).not.toContain('dropped')
})

timedTest('with a pace each user keeps its own timetable', async () => {
  const mock = await threadMock(STEADY)
  const { attempts, result } = await runScenario({
    name: 'pace',
    target: chatAt(mock),
    load: [{ users: 3, for: '1s', pace: '20/s' }],
    steps: CHAT,
  })
  expect(result.total.counts).toEqual({ planned: 60, started: 60, ok: 60, failed: 0, cut: 0, dropped: 0 })
  for (let user = 0; user < 3; user += 1) {
    const due = attempts.filter(({ session }) => session === user).map(({ exchange }) => exchange.intended)
    for (const [i, at] of due.entries()) expect(at - (due[0] ?? 0)).toBeCloseTo(i * 50, 6)
  }
  const waits = attempts.map(({ exchange }) => exchange.queueWaitMs).sort((a, b) => a - b)
  expect(waits[30]).toBe(0)
})

timedTest(
  'a user that cannot keep its pace: the wait is the target’s, in response_time, and the turns that never came are dropped',
  async () => {
    const mock = await threadMock({ ...FAST, firstTokenMs: 100 })
    const { attempts, result } = await runScenario({
      name: 'slow pace',
      target: chatAt(mock),
      load: [{ users: 2, for: '1s', pace: '20/s' }],
      steps: CHAT,
    })
    const { planned, started, ok, dropped } = result.total.counts
    expect(planned).toBe(40)
    expect(started + dropped).toBe(40)
    expect(ok).toBe(started)
    expect(result.iterations).toMatchObject({ planned: 40, dropped })
    // It was the target that held them back, not a want of users; about half of them, so no percentile can be known.
    expect(result.validity.reasons).toMatchObject([{ level: 'invalid', code: 'held_back' }])
    expect(result.total.censored).toEqual({ response_time: dropped })
    const own = attempts.filter(({ session }) => session === 0).map(({ exchange }) => exchange)
    // Each takes 100 ms and the next is due 50 ms after: the n-th waits at least n × 50 ms, until the one before is over.
    for (const [n, exchange] of own.entries()) {
      expect(exchange.queueWaitMs).toBeGreaterThanOrEqual(n * 49)
      expect(exchange.queueWaitMs).toBeGreaterThanOrEqual((own[n - 1]?.endedAt ?? 0) - exchange.intended)
      expect(exchange.queueWaitMs + exchange.lagMs).toBeLessThanOrEqual(exchange.sentAt - exchange.intended)
    }
    expect(result.generator.lag.percentiles.p50).toBeLessThan(20)
    const last = own.at(-1)
    expect((last?.endedAt ?? 0) - (last?.intended ?? 0)).toBeGreaterThan(400)
  },
)

timedTest('turns that a slow reply holds back at the very end are the target’s doing, and say so', async () => {
  const mock = await threadMock(FAST)
  const slow = { set: { mock: '{"firstTokenMs":500}' } }
  const { result } = await runScenario({
    name: 'held back',
    target: { ...chatAt(mock), headers: { 'x-mock': '{{mock}}' } },
    vars: { mock: '{}' },
    load: [{ users: 10, for: '2s', pace: '10/s' }],
    steps: [{ if: 'iteration.index == 170 || iteration.index == 171', then: [slow] }, ...CHAT],
    thresholds: ['response_time p95 < 2s', 'response_time p99 < 2s', 'service_time p99 < 2s'],
  })
  // Two users are due at about 1.7 s and free at 2.2: what they had to do at 1.8 and 1.9 never starts.
  expect(result.total.counts).toMatchObject({ planned: 200, ok: 196, failed: 0, cut: 0, dropped: 4 })
  expect(result.validity.reasons.filter(({ code }) => code !== 'lag')).toMatchObject([{ level: 'degraded', code: 'held_back' }])
  expect(result.thresholds.slice(0, 3).map(({ state }) => state)).toEqual(['passed', 'failed', 'passed'])
})

timedTest('iterations without any exchange do not keep the process from all else', async () => {
  const { result } = await runScenario({
    name: 'nothing',
    target: { url: 'http://127.0.0.1:9/' },
    load: [{ users: 3, for: '200ms' }],
    steps: [{ if: 'false', then: [{ message: 'never' }] }],
  })
  expect(result.total.counts.planned).toBe(0)
  expect(result.durationMs).toBeLessThan(600)
  expect(result.exitCode).toBe(3)
})

timedTest('attempts that fail before they are sent do not, either', async () => {
  const { result } = await runScenario({
    name: 'unsent',
    target: { url: 'http://127.0.0.1:9/' },
    load: [{ users: 3, for: '200ms' }],
    steps: [{ message: '{{div 1 (sub user.id user.id)}}' }],
  })
  const { planned, failed } = result.total.counts
  expect(planned).toBe(failed)
  expect(planned).toBeGreaterThan(3)
  expect(planned).toBeLessThan(1000)
  expect(result.durationMs).toBeLessThan(600)
})

timedTest('a failed check or capture leaves the connection as it is', async () => {
  const mock = await localMock(FAST)
  await runScenario({
    name: 'kept',
    target: chatAt(mock),
    load: [{ iterations: 10, users: 1 }],
    steps: [
      { message: 'a', expect: [{ contains: 'no such words' }] },
      { message: 'b', capture: { nothing: '$.nothing' } },
    ],
  })
  expect(mock.stats()).toMatchObject({ requests: 20, connectionsAccepted: 1 })
})

timedTest('a user keeps its connection over iterations and phases; a lost one is made again', async () => {
  const server = await faulty({
    '/close': (socket) => socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok'),
  })
  const get = (path: string) => ({ request: { method: 'GET', path } })
  const { result } = await runScenario({
    name: 'keep',
    target: { url: server.url },
    load: [
      { iterations: 4, users: 2 },
      { iterations: 4, users: 2 },
    ],
    steps: [get('/ok'), get('/close')],
  })
  expect(result.total.counts.ok).toBe(16)
  expect(server.connections()).toBe(8)
  expect(result.connectionMetrics).toMatchObject({ totalConnections: 8, failedConnections: 0, openConnections: 0 })
})
