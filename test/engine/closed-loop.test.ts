/** The closed model: head counts, hand-over, budgets, pace. */
import { expect, test, vi } from 'vitest'
import { after, goBy } from '../../src/clock.ts'
import { ClosedLoop } from '../../src/engine/schedule/closed-loop.ts'
import { Control } from '../../src/engine/schedule/control.ts'
import type { ScheduledUser } from '../../src/engine/schedule/scheduled-user.ts'
import { Users } from '../../src/engine/schedule/users.ts'
import type { SettledAttempt } from '../../src/engine/user/run-context.ts'
import { closedLoad } from '../../src/load/closed.ts'
import { chatTarget, runScenario, runVirtual } from '../support/virtual.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import { chatAt, faulty } from './targets.ts'

const CHAT = [{ message: 'x' }]

/** Users that had an attempt under way at a moment. */
function usersAt(attempts: readonly SettledAttempt[], ms: number): number {
  return attempts.filter(({ exchange }) => exchange.sentAt <= ms && exchange.endedAt > ms).length
}

test('a ramp has the head count of its line, and the ramp of the next phase starts from it', async () => {
  const { attempts, result } = await runVirtual({
    name: 'ramp',
    target: chatAt(chatTarget({ firstTokenMs: 10 })),
    load: [
      { users: { from: 0, to: 10 }, for: '1s' },
      { users: 4, for: '600ms', ramp: '300ms' },
    ],
    steps: CHAT,
  })
  // The head count is looked at every 10 ms: the n-th user begins at (n - 0.5) * 100 ms, and those who are too many go one by one.
  expect([0, 49, 50, 149, 150, 555, 949, 950, 999].map((ms) => usersAt(attempts, ms))).toEqual([0, 0, 1, 1, 2, 6, 9, 10, 10])
  expect([1000, 1019, 1040, 1155, 1295, 1595].map((ms) => usersAt(attempts, ms))).toEqual([10, 10, 9, 7, 4, 4])
  expect(result.connectionMetrics.maxOpenConnections).toBe(10)
  expect(result.windowMs).toBe(1600)
})

test('phases hand over without draining: an iteration may span them, and no user rests', async () => {
  const { attempts, result } = await runVirtual({
    name: 'handover',
    target: chatAt(chatTarget({ firstTokenMs: 140 })),
    load: [
      { name: 'one', users: 4, for: '400ms' },
      { name: 'two', users: 4, for: '400ms' },
    ],
    steps: CHAT,
  })
  expect(result.phases.map((phase) => phase.startMs)).toEqual([0, 400])
  for (let user = 0; user < 4; user += 1) {
    const own = attempts.filter(({ session }) => session === user).map(({ exchange }) => exchange)
    expect(own.map(({ sentAt }) => sentAt)).toEqual([0, 140, 280, 420, 560, 700])
  }
  // The third of each user spans the change; it belongs to the phase in which it was due.
  expect(result.phases.map(({ counts }) => counts.ok)).toEqual([12, 12])
  expect(result.connectionMetrics.totalConnections).toBe(4)
})

test('open load after closed load starts on time although users of the closed one are still at work', async () => {
  const { attempts, result } = await runVirtual({
    name: 'closed to open',
    target: chatAt(chatTarget({ firstTokenMs: 200 })),
    load: [
      { users: 3, for: '300ms' },
      { rate: '20/s', for: '500ms', maxUsers: 30 },
    ],
    steps: CHAT,
  })
  const open = attempts.filter(({ dimensions }) => dimensions.phase === 1).map(({ exchange }) => exchange)
  expect(open.map(({ intended }) => intended)).toEqual([300, 350, 400, 450, 500, 550, 600, 650, 700, 750])
  expect(open.map(({ sentAt }) => sentAt)).toEqual(open.map(({ intended }) => intended))
  expect(open.every(({ queueWaitMs }) => queueWaitMs === 0)).toBe(true)
  expect(result.phases.map((phase) => phase.startMs)).toEqual([0, 300])
})

test.each([
  ['shared by all', { iterations: 100, users: 7 }, 100],
  ['fewer than users', { iterations: 3, users: 7 }, 3],
  ['of each user', { iterationsPerUser: 4, users: 5 }, 20],
])('a budget of iterations %s is kept exactly', async (_, phase, planned) => {
  const target = chatTarget()
  const { result } = await runVirtual({ name: 'budget', target: chatAt(target), load: [phase, phase], steps: CHAT })
  expect(result.total.counts).toEqual({
    planned: 2 * planned,
    started: 2 * planned,
    ok: 2 * planned,
    failed: 0,
    cut: 0,
    dropped: 0,
  })
  expect(target.requests).toHaveLength(2 * planned)
  expect(result.phases.map(({ counts }) => counts.planned)).toEqual([planned, planned])
})

test('a phase that ends by its budget ends with its last iteration, so that its rate is right', async () => {
  const { result } = await runVirtual({
    name: 'short',
    target: chatAt(chatTarget({ firstTokenMs: 10 })),
    load: [{ iterations: 20, users: 1 }],
    steps: CHAT,
  })
  expect([result.windowMs, result.total.values.rate]).toEqual([200, 100])
})

test('a bound in time ends a budget that is not used up', async () => {
  const { result } = await runVirtual({
    name: 'bound',
    target: chatAt(chatTarget({ firstTokenMs: 50 })),
    load: [{ iterations: 1000, users: 2, for: '300ms' }],
    steps: CHAT,
  })
  expect(result.windowMs).toBe(300)
  // Six each: the one that would begin at 300 ms is too late.
  expect(result.total.counts).toMatchObject({ planned: 1000, started: 12, ok: 12, dropped: 988 })
  expect(result.iterations).toMatchObject({ planned: 1000, completed: 12, dropped: 988 })
  expect(result.validity.reasons).toMatchObject([{ level: 'invalid', code: 'dropped', hint: expect.stringContaining('(for)') }])
  expect(result.exitCode).toBe(4)
})

test.each([
  ['of each user', { iterationsPerUser: 50, users: 2, for: '250ms' }, 14, 4],
  // Due at 0, 50, … 200 ms, the second user 25 ms later.
  ['with a pace', { iterations: 100, users: 2, for: '250ms', pace: '20/s' }, 10, 5],
])('what time leaves of a budget %s was planned, too, and its phase is told from the next', async (_, phase, started, next) => {
  const { result } = await runVirtual({
    name: 'rest',
    target: chatAt(chatTarget({ firstTokenMs: 40 })),
    load: [phase, { users: 2, for: '100ms' }],
    steps: CHAT,
  })
  const [first, second] = result.phases.map(({ counts }) => counts)
  expect(first).toMatchObject({ planned: 100, started, dropped: 100 - started, cut: 0 })
  expect(second).toMatchObject({ planned: next, started: next, dropped: 0 })
})

test('a budget that is stopped in the middle has not fallen behind', async () => {
  const { result } = await runVirtual(
    {
      name: 'stopped',
      target: chatAt(chatTarget({ firstTokenMs: 40 })),
      load: [{ iterations: 1000, users: 2, for: '60s' }],
      steps: CHAT,
    },
    { during: (control) => after(210, () => control.stop('signal')) },
  )
  expect(result.total.counts).toMatchObject({ started: 12, dropped: 0 })
  expect(result.validity.reasons.map(({ code }) => code)).not.toContain('dropped')
})

test('with a pace each user keeps its own timetable', async () => {
  const { attempts, result } = await runVirtual({
    name: 'pace',
    target: chatAt(chatTarget({ firstTokenMs: 10 })),
    load: [{ users: 4, for: '1s', pace: '20/s' }],
    steps: CHAT,
  })
  expect(result.total.counts).toEqual({ planned: 80, started: 80, ok: 80, failed: 0, cut: 0, dropped: 0 })
  for (let user = 0; user < 4; user += 1) {
    const due = attempts.filter(({ session }) => session === user).map(({ exchange }) => exchange.intended)
    expect(due).toEqual(Array.from({ length: 20 }, (_, i) => user * 12.5 + i * 50))
  }
  expect(attempts.every(({ exchange }) => exchange.queueWaitMs === 0)).toBe(true)
})

test('a user that cannot keep its pace: the wait is the target’s, in response_time, and the turns that never came are dropped', async () => {
  const { attempts, result } = await runVirtual({
    name: 'slow pace',
    target: chatAt(chatTarget({ firstTokenMs: 100 })),
    load: [{ users: 2, for: '1s', pace: '20/s' }],
    steps: CHAT,
  })
  // Each of the two is asked for 20 and manages 10.
  expect(result.total.counts).toEqual({ planned: 40, started: 20, ok: 20, failed: 0, cut: 0, dropped: 20 })
  expect(result.iterations).toMatchObject({ planned: 40, dropped: 20 })
  // It was the target that held them back, not a want of users; about half of them, so no percentile can be known.
  expect(result.validity.reasons).toMatchObject([{ level: 'invalid', code: 'held_back' }])
  expect(result.total.censored).toEqual({ response_time: 20 })
  const own = attempts.filter(({ session }) => session === 0).map(({ exchange }) => exchange)
  // Each takes 100 ms and the next is due 50 ms after: the n-th waits n × 50 ms.
  expect(own.map(({ queueWaitMs }) => queueWaitMs)).toEqual([0, 50, 100, 150, 200, 250, 300, 350, 400, 450])
  expect(own.map(({ sentAt, intended }) => sentAt - intended)).toEqual(own.map(({ queueWaitMs }) => queueWaitMs))
  expect(result.generator.lag).toMatchObject({ max: 0 })
  expect(result.total.distributions.response_time).toMatchObject({ min: 100, max: 550 })
})

test('turns that a slow reply holds back at the very end are the target’s doing, and say so', async () => {
  const slow = { set: { mock: '{"firstTokenMs":500}' } }
  const { result } = await runVirtual({
    name: 'held back',
    target: { ...chatAt(chatTarget()), headers: { 'x-mock': '{{mock}}' } },
    vars: { mock: '{}' },
    load: [{ users: 10, for: '2s', pace: '10/s' }],
    steps: [{ if: 'iteration.index == 170 || iteration.index == 171', then: [slow] }, ...CHAT],
    thresholds: ['response_time p95 < 2s', 'response_time p99 < 2s', 'service_time p99 < 2s'],
  })
  // Two users are due at about 1.7 s and free at 2.2: what they had to do at 1.8 and 1.9 never starts.
  expect(result.total.counts).toMatchObject({ planned: 200, ok: 196, failed: 0, cut: 0, dropped: 4 })
  expect(result.validity.reasons).toMatchObject([{ level: 'degraded', code: 'held_back' }])
  expect(result.thresholds.slice(0, 3).map(({ state }) => state)).toEqual(['passed', 'failed', 'passed'])
})

test('iterations without any exchange do not keep the process from all else', async () => {
  const { result } = await runVirtual({
    name: 'nothing',
    target: chatAt(chatTarget()),
    load: [{ users: 3, for: '200ms' }],
    steps: [{ if: 'false', then: [{ message: 'never' }] }],
  })
  expect(result.total.counts.planned).toBe(0)
  // One a millisecond for each user.
  expect([result.durationMs, result.iterations.planned]).toEqual([200, 600])
  expect(result.exitCode).toBe(3)
})

test('attempts that fail before they are sent do not, either', async () => {
  const { result } = await runVirtual({
    name: 'unsent',
    target: chatAt(chatTarget()),
    load: [{ users: 3, for: '200ms' }],
    steps: [{ message: '{{div 1 (sub user.id user.id)}}' }],
  })
  expect(result.total.counts).toMatchObject({ planned: 600, failed: 600 })
  expect(result.durationMs).toBe(200)
})

test('a failed check or capture leaves the connection as it is', async () => {
  const target = chatTarget()
  await runVirtual({
    name: 'kept',
    target: chatAt(target),
    load: [{ iterations: 10, users: 1 }],
    steps: [
      { message: 'a', expect: [{ contains: 'no such words' }] },
      { message: 'b', capture: { nothing: '$.nothing' } },
    ],
  })
  expect([target.requests.length, target.connections]).toEqual([20, 1])
})

test('a user keeps its connection over iterations and phases; a lost one is made again', async () => {
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

test('many users are launched in slices, so that the event loop goes on between them', async () => {
  const clock = new VirtualClock()
  const goBack = goBy(clock)
  let made = 0
  const madeByTurn: number[] = []
  const counts = { planned: 0, completed: 0, failed: 0, expired: 0, faulted: 0, injected: 0, cut: 0, dropped: 0 }
  const make = (id: number): ScheduledUser => {
    made += 1
    clock.nextTurn(() => madeByTurn.push(made))
    clock.stall(1)
    return {
      id,
      dueNext: 0,
      injectedMs: 0,
      iterate: async () => 'completed',
      connectAhead: async () => false,
      cancel() {},
      close: async () => {},
    }
  }
  const users = new Users(counts, make, () => {})
  const loop = new ClosedLoop(users, new Control(), { dropped() {}, nextIteration: () => 0, restMs: () => 0 })
  const load = closedLoad({ lengthMs: undefined, maxUsers: 40, usersAt: () => 40, iterationsPerUser: 1 })
  try {
    await clock.drive(loop.phase(load, 0, 0))
    await clock.drive(users.settled())
  } finally {
    goBack()
  }
  expect(counts).toMatchObject({ planned: 40, completed: 40 })
  expect(madeByTurn[0]).toBeLessThan(10)
})

test('users whose steps wait for nothing pause together, once for each iteration', async () => {
  const clock = new VirtualClock()
  const goBack = goBy(clock)
  const counts = { planned: 0, completed: 0, failed: 0, expired: 0, faulted: 0, injected: 0, cut: 0, dropped: 0 }
  let timers = 0
  const make = (id: number): ScheduledUser => ({
    id,
    injectedMs: 0,
    get dueNext() {
      return clock.now()
    },
    async iterate() {
      timers = Math.max(timers, clock.pending)
      return 'completed'
    },
    connectAhead: async () => false,
    cancel() {},
    close: async () => {},
  })
  const users = new Users(counts, make, () => {})
  const loop = new ClosedLoop(users, new Control(), { dropped() {}, nextIteration: () => 0, restMs: () => 0 })
  try {
    await clock.drive(loop.phase(closedLoad({ lengthMs: 10, maxUsers: 40, usersAt: () => 40 }), 0, clock.now()))
    loop.leave()
    await clock.drive(users.settled())
  } finally {
    goBack()
  }
  expect(counts.completed / 40).toBeGreaterThanOrEqual(9)
  expect(counts.completed / 40).toBeLessThanOrEqual(12)
  expect(timers).toBeLessThan(5)
})

test('a look at a hundred users at work asks about none of them, and finds the places of those who went', async () => {
  const clock = new VirtualClock()
  const goBack = goBy(clock)
  const counts = { planned: 0, completed: 0, failed: 0, expired: 0, faulted: 0, injected: 0, cut: 0, dropped: 0 }
  const make = (id: number): ScheduledUser => ({
    id,
    dueNext: 0,
    injectedMs: 0,
    iterate: () => new Promise((resolve) => clock.after(45, () => resolve('completed'))),
    connectAhead: async () => false,
    cancel() {},
    close: async () => {},
  })
  const users = new Users(counts, make, () => {})
  const loop = new ClosedLoop(users, new Control(), { dropped() {}, nextIteration: () => 0, restMs: () => 0 })
  const usersAt = (ms: number) => (ms >= 2000 && ms < 2500 ? 60 : 100)
  const busy: number[] = []
  for (const ms of [1999, 2499, 2600]) clock.after(ms, () => busy.push(users.busy))
  const asked = vi.spyOn(Set.prototype, 'has')
  let perLook = Number.NaN
  try {
    clock.after(1000, () => asked.mockClear())
    clock.after(1990, () => {
      perLook = asked.mock.calls.length / 99
    })
    await clock.drive(loop.phase(closedLoad({ lengthMs: 3000, maxUsers: 100, usersAt }), 0, clock.now()))
    loop.leave()
    await clock.drive(users.settled())
  } finally {
    asked.mockRestore()
    goBack()
  }
  expect(perLook).toBeLessThan(10)
  expect(busy).toEqual([100, 60, 100])
})
