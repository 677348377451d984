/** The open model: the timetable, waiting and dropping, and what is left at the end. */
import { expect, test } from 'vitest'
import { chatReply, chatTarget, MemoryTarget, runVirtual } from '../support/virtual.ts'
import { chatAt } from './targets.ts'

const CHAT = [{ message: 'x' }]

/** Moments of a timetable: `count` of them, so many ms apart. */
const every = (ms: number, count: number, fromMs = 0) => Array.from({ length: count }, (_, i) => fromMs + i * ms)

test.each([
  ['constant', 500],
  ['poisson', 488],
] as const)('%s arrivals: every one is planned, starts, and reaches the target', async (arrivals, planned) => {
  const target = chatTarget()
  const load = [{ rate: '500/s' as const, for: '1s', arrivals, maxUsers: 500 }]
  const { attempts, result } = await runVirtual({ name: 'rate', target: chatAt(target), load, steps: CHAT }, { seed: 'seven' })
  expect(result.total.counts).toEqual({ planned, started: planned, ok: planned, failed: 0, cut: 0, dropped: 0 })
  expect(target.requests).toHaveLength(planned)
  expect(result.windowMs).toBe(1000)
  expect(result.total.values.started_rate).toBe(planned)
  expect(result.generator.lag.count).toBe(planned)
  expect(result.iterations).toMatchObject({ planned, completed: planned })
  // A timer takes whole milliseconds: none starts before its time, or a millisecond after it.
  for (const { exchange } of attempts) expect(exchange.sentAt).toBe(Math.ceil(exchange.intended))
  if (arrivals === 'constant') expect(attempts.map(({ exchange }) => exchange.intended)).toEqual(every(2, 500))
})

test('the same seed gives the same arrivals, another seed others', async () => {
  const moments = async (seed: string) => {
    const load = [{ rate: '200/s' as const, for: '300ms', arrivals: 'poisson' as const }]
    const { attempts } = await runVirtual({ name: 'seed', target: chatAt(chatTarget()), load, steps: CHAT }, { seed })
    return attempts.map(({ exchange }) => exchange.intended)
  }
  const first = await moments('a')
  expect(await moments('a')).toEqual(first)
  expect(await moments('b')).not.toEqual(first)
})

test('lag, queue_wait and connecting are what lies between due and sent', async () => {
  const target = new MemoryTarget({ welcome: () => ({ afterMs: 15 }), reply: () => chatReply({ firstTokenMs: 20 }) })
  const { attempts } = await runVirtual({
    name: 'parts',
    target: chatAt(target),
    load: [{ rate: '200/s', for: '500ms', maxUsers: 2 }],
    steps: CHAT,
  })
  for (const [n, { exchange }] of attempts.entries()) {
    const connectMs = n < 2 ? 15 : 0
    expect(exchange.reused).toBe(n >= 2)
    expect(exchange.sentAt - exchange.intended).toBe(exchange.lagMs + exchange.queueWaitMs + connectMs)
    expect(exchange.lagMs).toBe(0)
  }
  // Due at 10 and 15 ms, when the two users are busy until 35 and 40.
  expect(attempts.slice(0, 4).map(({ exchange }) => exchange.queueWaitMs)).toEqual([0, 0, 25, 25])
})

test('whenFull queue: an arrival waits its turn, and its wait is in response_time but not in service_time', async () => {
  const { attempts, result } = await runVirtual({
    name: 'queue',
    target: chatAt(chatTarget({ firstTokenMs: 50 })),
    load: [{ rate: '40/s', for: '1s', maxUsers: 1 }],
    steps: CHAT,
  })
  expect(result.total.counts).toEqual({ planned: 40, started: 20, ok: 20, failed: 0, cut: 0, dropped: 20 })
  // The n-th is due at n * 25 ms, and its turn comes at n * 50.
  expect(attempts.map(({ exchange }) => exchange.queueWaitMs)).toEqual(every(25, 20))
  expect(attempts.map(({ exchange }) => exchange.endedAt - exchange.intended)).toEqual(every(25, 20, 50))
  expect(result.total.distributions.service_time).toMatchObject({ min: 50, max: 50 })
  expect(result.total.distributions.response_time).toMatchObject({ min: 50, max: 525 })
  expect(result.connectionMetrics.totalConnections).toBe(1)
  expect(result.validity.reasons.map(({ code }) => code)).toContain('dropped')
})

test('whenFull drop: an arrival that finds all users busy is dropped at once', async () => {
  const { attempts, result } = await runVirtual({
    name: 'drop',
    target: chatAt(chatTarget({ firstTokenMs: 60 })),
    load: [{ rate: '40/s', for: '1s', maxUsers: 1, whenFull: 'drop' }],
    steps: CHAT,
  })
  // One in three: those at 25 and 50 ms find it busy until 60.
  expect(result.total.counts).toEqual({ planned: 40, started: 14, ok: 14, failed: 0, cut: 0, dropped: 26 })
  expect(attempts.map(({ exchange }) => exchange.sentAt)).toEqual(every(75, 14))
  expect(attempts.every(({ exchange }) => exchange.queueWaitMs === 0)).toBe(true)
  expect(result.iterations).toMatchObject({ planned: 40, dropped: 26 })
})

test('those who wait when a larger phase begins get its users at once', async () => {
  const { attempts, result } = await runVirtual({
    name: 'larger',
    target: chatAt(chatTarget({ firstTokenMs: 100 })),
    load: [
      { rate: '50/s', for: '400ms', maxUsers: 1 },
      { rate: '10/s', for: '300ms', maxUsers: 50 },
    ],
    steps: CHAT,
  })
  expect(result.total.counts).toMatchObject({ planned: 23, ok: 23, dropped: 0 })
  const sent = attempts.map(({ exchange }) => exchange.sentAt)
  expect(sent).toEqual([...every(100, 4), ...Array(17).fill(400), 500, 600])
  // An arrival belongs to the phase in which it was due.
  expect(result.phases.map(({ counts }) => counts.ok)).toEqual([20, 3])
})

test('a smaller phase does not start more than it may', async () => {
  const { attempts, result } = await runVirtual({
    name: 'smaller',
    target: chatAt(chatTarget({ firstTokenMs: 100 })),
    load: [
      { rate: '100/s', for: '200ms', maxUsers: 20 },
      { rate: '100/s', for: '400ms', maxUsers: 2 },
    ],
    steps: CHAT,
  })
  // Those of the first phase have to be down to one before the second may start any; then two each 100 ms, as long as there is load.
  const sent = attempts.filter(({ dimensions }) => dimensions.phase === 1).map(({ exchange }) => exchange.sentAt)
  expect(sent).toEqual([280, 290, 380, 390, 480, 490, 580, 590])
  expect(result.total.counts).toEqual({ planned: 60, started: 28, ok: 28, failed: 0, cut: 0, dropped: 32 })
})

test('attempts that fail at once do not strand those who wait', async () => {
  const { result } = await runVirtual({
    name: 'instant',
    target: chatAt(chatTarget()),
    load: [{ rate: '500/s', for: '400ms', maxUsers: 1 }],
    steps: [{ message: '{{div 1 (sub user.id user.id)}}' }],
  })
  expect(result.total.counts).toEqual({ planned: 200, started: 200, ok: 0, failed: 200, cut: 0, dropped: 0 })
})

test('a leading think time is kept by an iteration that had to wait for a user', async () => {
  const { attempts } = await runVirtual({
    name: 'leading',
    target: chatAt(chatTarget({ firstTokenMs: 50 })),
    load: [{ rate: '20/s', for: '200ms', maxUsers: 1 }],
    graceful: '5s',
    steps: [{ delay: '30ms' }, { message: 'x' }],
  })
  expect(attempts.map(({ exchange }) => exchange.sentAt)).toEqual([30, 110, 190])
  expect(attempts.map(({ exchange }) => exchange.lagMs)).toEqual([0, 0, 0])
})
