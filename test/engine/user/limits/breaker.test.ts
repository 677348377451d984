/** `target.circuitBreaker` in virtual time: what the target sees while it is open, and what the result says. */
import { expect, test } from 'vitest'
import { contradictionsOf } from '../../../../src/store/contradictions.ts'
import { MemoryTarget, runVirtual } from '../../../support/virtual.ts'

const BREAKER = { errors: '50%', over: '10s', min: 20, pause: '5s' }

/** Fails in the given stretches of time, in ms. */
const failingIn = (...stretches: (readonly [number, number])[]) =>
  new MemoryTarget({
    reply: ({ at }) => ({ headMs: 10, status: stretches.some(([from, to]) => at >= from && at < to) ? 503 : 200 }),
  })

async function run(target: MemoryTarget, circuitBreaker: object, more: object = {}) {
  const done = await runVirtual({
    name: 'breaker',
    target: { url: target.url, circuitBreaker },
    load: [{ rate: '10/s', for: '30s', maxUsers: 100 }],
    steps: [{ request: { json: {} }, name: 'ask' }],
    ...more,
  } as never)
  expect([...contradictionsOf(done.result)]).toEqual([])
  expect(done.timersLeft).toBe(0)
  return done
}

test('opens, sends nothing for the pause, lets one try, and closes', async () => {
  // From 2 s on it fails: with 20 good ones before, more than half of all have failed with the 21st bad one, of 2 s to 4 s.
  const target = failingIn([2000, 5000])
  const { result, attempts } = await run(target, BREAKER)
  const at = target.requests.map((request) => request.at)
  expect(at.filter((ms) => ms > 4000 && ms < 9010)).toEqual([])
  const { breaker } = result.target[0] ?? {}
  expect(breaker?.transitions).toEqual([
    { atMs: 4010, state: 'open', failed: 21, ended: 41 },
    { atMs: 9010, state: 'half-open', failed: 21, ended: 41 },
    { atMs: 9020, state: 'closed', failed: 0, ended: 1 },
  ])
  // One goes alone; the 49 others that were due meanwhile go once it is ok, and their wait is nobody's lateness.
  expect(at.filter((ms) => ms === 9010)).toHaveLength(1)
  expect(at.filter((ms) => ms === 9020)).toHaveLength(49)
  expect(breaker).toMatchObject({ state: 'closed', opened: 1, held: 50 })
  expect(result.total.counts).toMatchObject({ planned: 300, ok: 279, failed: 21 })
  for (const { exchange } of attempts) {
    // A timer of the schedule may be up to a millisecond late.
    expect(exchange.lagMs).toBeLessThan(1)
    expect(exchange.sentAt - exchange.intended).toBeCloseTo(exchange.queueWaitMs + exchange.lagMs, 6)
  }
  expect(result.target[0]).not.toHaveProperty('limiter')
})

test('a probe that fails opens it again', async () => {
  const target = failingIn([0, 9000])
  const { result } = await run(target, BREAKER)
  expect(result.target[0]?.breaker?.transitions.map(({ atMs, state }) => [atMs, state])).toEqual([
    [1910, 'open'],
    [6910, 'half-open'],
    [6920, 'open'],
    [11920, 'half-open'],
    [11930, 'closed'],
  ])
  expect(target.requests.filter(({ at }) => at > 1910 && at < 11920)).toHaveLength(1)
})

test('too few attempts, or few failures among many, open nothing', async () => {
  const few = failingIn([0, 30_000])
  const { result } = await run(few, { ...BREAKER, min: 200 })
  expect(result.target[0]).not.toHaveProperty('breaker')
  expect(few.requests).toHaveLength(300)
  const some = new MemoryTarget({ reply: (_, n) => ({ headMs: 10, status: n % 3 ? 200 : 503 }) })
  expect((await run(some, BREAKER)).result.target[0]).not.toHaveProperty('breaker')
})

test('do: stop ends the run, as failed', async () => {
  const target = failingIn([2000, 60_000])
  const { result } = await run(target, { errors: '50%', do: 'stop' })
  expect(target.requests).toHaveLength(41)
  expect([result.verdict, result.exitCode]).toEqual(['failed', 1])
  expect(result.reason).toBe('the circuit breaker of target ended the run: 21 of the last 41 attempts failed')
})

test('errors: 100% opens when all fail, and not when one does not', async () => {
  const all = await run(failingIn([0, 60_000]), { errors: '100%', min: 5, pause: '1h' })
  expect(all.result.target[0]?.breaker).toMatchObject({ state: 'open', opened: 1 })
  const most = await run(failingIn([1000, 60_000]), { errors: '100%', over: '1h', min: 5, pause: '1h' })
  expect(most.result.target[0]).not.toHaveProperty('breaker')
})

test('do: stop counts the iterations that never started', async () => {
  const target = failingIn([0, 60_000])
  const { result } = await run(target, { errors: '50%', min: 5, do: 'stop' }, { load: [{ iterations: 100, users: 2 }] })
  const { planned, failed, dropped } = result.iterations
  expect([planned, failed + dropped]).toEqual([100, 100])
  expect(failed).toBe(target.requests.length)
})

test('the end of the run takes those that wait out, and teardown is not held back', async () => {
  const target = failingIn([0, 60_000])
  const { result } = await run(
    target,
    { errors: '50%', min: 5, pause: '1h' },
    { load: [{ users: 5, for: '3s' }], teardown: [{ request: { json: {} }, name: 'end' }] },
  )
  // The first four to fail have sent their next before the fifth opens it.
  expect(target.requests.map(({ at }) => at)).toEqual([...Array(5).fill(0), ...Array(4).fill(10), 3000])
  expect(result.total.counts).toMatchObject({ planned: 14, failed: 9, cut: 0, dropped: 5 })
  expect(result.total.values.errors).toBe(1)
  expect(result.target[0]?.breaker).toMatchObject({ state: 'open', held: 5, heldMs: 2990 + 4 * 2980 })
})

test('with a rate limit, what waited goes at its rate once the target works again', async () => {
  const target = failingIn([0, 3000])
  const { result } = await runVirtual({
    name: 'both',
    target: { url: target.url, rateLimit: { requests: '20/s' }, circuitBreaker: BREAKER },
    load: [{ rate: '10/s', for: '20s', maxUsers: 300 }],
    steps: [{ request: { json: {} } }],
  } as never)
  const at = target.requests.map((request) => request.at)
  for (const [i, ms] of at.slice(1).entries()) expect(ms - (at[i] ?? 0)).toBeGreaterThanOrEqual(50 - 1e-6)
  expect(result.total.counts).toMatchObject({ planned: 200, failed: 20, ok: 180 })
})
