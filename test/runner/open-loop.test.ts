/** The open model: the timetable, waiting and dropping, and what is left at the end. */
import { expect, test } from 'vitest'
import { timedTest } from '../support/quiet.ts'
import { runScenario } from '../support/run.ts'
import { chatAt, HEALTH, threadMock } from './targets.ts'

const FAST = { firstTokenMs: 0, gapMs: 0, tokens: 2 }
const CHAT = [{ message: 'x' }]

test.each(['constant', 'poisson'] as const)(
  '%s arrivals: every one is planned, starts, and reaches the target',
  async (arrivals) => {
    const mock = await threadMock({})
    const load = [{ rate: '500/s' as const, for: '1s', arrivals, maxUsers: 500 }]
    const { attempts, result } = await runScenario(
      { name: 'rate', target: { url: mock.url }, load, steps: HEALTH },
      { seed: 'seven' },
    )
    const { planned, started, dropped, ok } = result.total.counts
    expect({ dropped, ok }).toEqual({ dropped: 0, ok: started })
    expect(started).toBe(planned)
    expect((await mock.stats()).requests).toBe(started)
    if (arrivals === 'constant') expect(planned).toBe(500)
    else expect(Math.abs(planned - 500)).toBeLessThan(4 * Math.sqrt(500))
    expect(result.windowMs).toBeCloseTo(1000, 6)
    expect(result.total.values.started_rate).toBeCloseTo(planned, 6)
    expect(result.generator.lag.count).toBe(started)
    expect(result.iterations).toMatchObject({ planned, completed: planned })
    // Never before its time.
    for (const { exchange } of attempts) expect(exchange.sentAt).toBeGreaterThanOrEqual(exchange.intended)
  },
)

timedTest('the same seed gives the same arrivals, another seed others', async () => {
  const mock = await threadMock({})
  const offsets = async (seed: string) => {
    const load = [{ rate: '200/s' as const, for: '300ms', arrivals: 'poisson' as const }]
    const { attempts } = await runScenario({ name: 'seed', target: { url: mock.url }, load, steps: HEALTH }, { seed })
    const due = attempts.map(({ exchange }) => exchange.intended).sort((a, b) => a - b)
    return due.map((at) => (at - (due[0] ?? 0)).toFixed(3))
  }
  const first = await offsets('a')
  expect(await offsets('a')).toEqual(first)
  expect(await offsets('b')).not.toEqual(first)
})

timedTest('lag, queue_wait and connecting are what lies between due and sent', async () => {
  const mock = await threadMock({ ...FAST, firstTokenMs: 20 })
  const { attempts } = await runScenario({
    name: 'parts',
    target: chatAt(mock),
    load: [{ rate: '200/s', for: '500ms', maxUsers: 2 }],
    steps: CHAT,
  })
  for (const { exchange } of attempts) {
    const { intended, sentAt, lagMs, queueWaitMs } = exchange
    expect(lagMs).toBeGreaterThanOrEqual(0)
    expect(lagMs + queueWaitMs).toBeLessThanOrEqual(sentAt - intended + 1e-6)
  }
  // Over a connection that is there, nothing else takes time but making the request.
  const reused = attempts.filter(({ exchange }) => exchange.reused)
  const rests = reused.map(({ exchange: x }) => x.sentAt - x.intended - x.lagMs - x.queueWaitMs).sort((a, b) => a - b)
  expect(rests[Math.floor(rests.length / 2)]).toBeLessThan(5)
})

timedTest('whenFull queue: an arrival waits its turn, and its wait is in response_time but not in service_time', async () => {
  const mock = await threadMock({ ...FAST, firstTokenMs: 50 })
  const { attempts, result } = await runScenario({
    name: 'queue',
    target: chatAt(mock),
    load: [{ rate: '40/s', for: '1s', maxUsers: 1 }],
    steps: CHAT,
  })
  const { planned, started, dropped, cut } = result.total.counts
  expect(planned).toBe(40)
  expect(cut).toBe(0)
  expect(started).toBeGreaterThanOrEqual(17)
  expect(started).toBeLessThanOrEqual(20)
  expect(dropped).toBe(40 - started)
  const last = attempts.at(-1)?.exchange
  expect((last?.endedAt ?? 0) - (last?.intended ?? 0)).toBeGreaterThan(400)
  expect(result.total.distributions.service_time?.percentiles.p50).toBeLessThan(90)
  expect(result.connectionMetrics.totalConnections).toBe(1)
  expect(result.validity.reasons.map(({ code }) => code)).toContain('dropped')
})

timedTest('whenFull drop: an arrival that finds all users busy is dropped at once', async () => {
  const mock = await threadMock({ ...FAST, firstTokenMs: 60 })
  const { attempts, result } = await runScenario({
    name: 'drop',
    target: chatAt(mock),
    load: [{ rate: '40/s', for: '1s', maxUsers: 1, whenFull: 'drop' }],
    steps: CHAT,
  })
  const { planned, started, dropped } = result.total.counts
  expect(planned).toBe(40)
  expect(started + dropped).toBe(40)
  expect(started).toBeGreaterThanOrEqual(12)
  expect(started).toBeLessThanOrEqual(16)
  expect(Math.max(...attempts.map(({ exchange }) => exchange.queueWaitMs))).toBe(0)
  expect(result.iterations).toMatchObject({ planned: 40, dropped })
})

timedTest('those who wait when a larger phase begins get its users at once', async () => {
  const mock = await threadMock({ ...FAST, firstTokenMs: 100 })
  const { result } = await runScenario({
    name: 'larger',
    target: chatAt(mock),
    load: [
      { rate: '50/s', for: '400ms', maxUsers: 1 },
      { rate: '10/s', for: '300ms', maxUsers: 50 },
    ],
    steps: CHAT,
  })
  expect(result.total.counts).toMatchObject({ planned: 23, ok: 23, dropped: 0 })
  // An arrival belongs to the phase in which it was due.
  expect(result.phases.map(({ counts }) => counts.ok)).toEqual([20, 3])
})

timedTest('a smaller phase does not start more than it may', async () => {
  const mock = await threadMock({ ...FAST, firstTokenMs: 100 })
  const { attempts, result } = await runScenario({
    name: 'smaller',
    target: chatAt(mock),
    load: [
      { rate: '100/s', for: '200ms', maxUsers: 20 },
      { rate: '100/s', for: '400ms', maxUsers: 2 },
    ],
    steps: CHAT,
  })
  const { planned, started, dropped } = result.total.counts
  expect(planned).toBe(60)
  expect(started + dropped).toBe(60)
  const second = attempts.filter(({ place }) => place.phase === 1).map(({ exchange }) => exchange)
  for (const one of second) {
    const together = second.filter((other) => other.sentAt <= one.sentAt && other.endedAt > one.sentAt)
    expect(together.length).toBeLessThanOrEqual(2)
  }
})

timedTest('attempts that fail at once do not strand those who wait', async () => {
  const { result } = await runScenario({
    name: 'instant',
    target: { url: 'http://127.0.0.1:9/' },
    load: [{ rate: '500/s', for: '400ms', maxUsers: 1 }],
    steps: [{ message: '{{div 1 (sub user.id user.id)}}' }],
  })
  expect(result.total.counts).toEqual({ planned: 200, started: 200, ok: 0, failed: 200, cut: 0, dropped: 0 })
})

timedTest('a leading think time is kept by an iteration that had to wait for a user', async () => {
  const mock = await threadMock({ ...FAST, firstTokenMs: 50 })
  const { attempts } = await runScenario({
    name: 'leading',
    target: chatAt(mock),
    load: [{ rate: '20/s', for: '200ms', maxUsers: 1 }],
    graceful: '5s',
    steps: [{ delay: '30ms' }, { message: 'x' }],
  })
  const [first, second] = attempts.map(({ exchange }) => exchange)
  expect((second?.sentAt ?? 0) - (first?.endedAt ?? 0)).toBeGreaterThan(15)
  expect(second?.lagMs).toBeLessThan(10)
})
