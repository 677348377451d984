/** `iterationTimeout`: an iteration that takes too long ends there and then, whatever it was waiting for, and is counted once. */
import { expect, test } from 'vitest'
import { reply } from '../servers/http-faults.ts'
import { runScenario } from '../support/run.ts'
import { chatAt, faulty, localMock } from './targets.ts'

const FAST = { firstTokenMs: 0, gapMs: 0, tokens: 2 }

test('expiry wakes a delay, makes no attempt that never was, and counts each iteration once', async () => {
  const mock = await localMock(FAST)
  const { result, attempts } = await runScenario({
    name: 'delay',
    target: chatAt(mock),
    load: [{ iterations: 20, users: 10 }],
    iterationTimeout: '300ms',
    steps: [{ message: 'hi', name: 'hi' }, { delay: '20s' }, { message: 'buy', name: 'buy' }],
  })
  expect(attempts).toHaveLength(20)
  expect(result.total.counts).toEqual({ planned: 20, started: 20, ok: 20, failed: 0, cut: 0, dropped: 0 })
  expect(result.steps.map(({ name, counts }) => [name, counts.planned])).toEqual([
    ['hi', 20],
    ['buy', 0],
  ])
  expect(mock.stats().requests).toBe(20)
  expect(result.iterations).toMatchObject({ planned: 20, completed: 0, failed: 20, expired: 20, cut: 0, dropped: 0 })
  expect(result.durationMs).toBeLessThan(5000)
  // The next iteration of a user is due when the last one was over, not when its delay would have been.
  for (const { exchange } of attempts) expect(exchange.intended).toBeLessThanOrEqual(exchange.sentAt)
  const delays = attempts.map(({ exchange }) => exchange.sentAt - exchange.intended).sort((a, b) => a - b)
  expect(delays[10]).toBeLessThan(200)
})

test('a delay as the last step expires too', async () => {
  const mock = await localMock(FAST)
  const { result } = await runScenario({
    name: 'last',
    target: chatAt(mock),
    load: [{ iterations: 4, users: 4 }],
    iterationTimeout: '100ms',
    steps: [{ message: 'hi' }, { delay: '20s' }],
  })
  expect(result.iterations).toMatchObject({ planned: 4, completed: 0, failed: 4, expired: 4 })
  expect(result.exitCodes).toContain(1)
})

test('an attempt in flight fails as timeout_iteration, with moments that never go back', async () => {
  const mock = await localMock({ ...FAST, firstTokenMs: 60_000 })
  const { result, attempts } = await runScenario({
    name: 'flight',
    target: chatAt(mock),
    load: [{ iterations: 4, users: 2 }],
    iterationTimeout: '150ms',
    onError: { default: 'retry', retry: { max: 3, delay: '1ms' } },
    steps: [{ message: 'slow' }, { message: 'never' }],
  })
  expect(attempts).toHaveLength(4)
  expect(result.iterations).toMatchObject({ planned: 4, completed: 0, failed: 4, expired: 4 })
  for (const { exchange } of attempts) {
    expect(exchange.failure).toMatchObject({ class: 'timeout_iteration', phase: 'first_token' })
    expect(exchange.endedAt - exchange.intended).toBeGreaterThanOrEqual(149)
    expect(exchange.endedAt).toBeGreaterThanOrEqual(exchange.sentAt)
    expect(exchange.sentAt).toBeGreaterThanOrEqual(exchange.intended)
  }
  await expect.poll(() => mock.stats()).toMatchObject({ requests: 4, inFlight: 0 })
})

test('expiry ends the wait before a retry', async () => {
  const server = await faulty({ '/busy': (socket) => socket.write(reply('busy', {}, '503 Service Unavailable')) })
  const { result, attempts } = await runScenario({
    name: 'retry',
    target: { url: `${server.url}/busy` },
    iterationTimeout: '150ms',
    onError: { default: 'retry', retry: { max: 5, delay: '30s', jitter: false } },
    steps: [{ message: 'a' }, { message: 'b' }],
  })
  expect(attempts.map(({ exchange }) => exchange.failure?.class)).toEqual(['http_status'])
  expect(server.seen).toHaveLength(1)
  expect(result.iterations).toMatchObject({ failed: 1, expired: 1 })
  expect(result.durationMs).toBeLessThan(5000)
})

test('expiry ends the wait for a token: no attempt was in flight, so there is none', async () => {
  const server = await faulty()
  const { result, attempts } = await runScenario({
    name: 'token',
    target: {
      url: `${server.url}/ok`,
      auth: { type: 'oauth2', tokenUrl: `${server.url}/hang`, clientId: 'id', clientSecret: 'secret' },
    },
    iterationTimeout: '150ms',
    steps: [{ request: { path: '/ok' } }],
  })
  expect(attempts).toHaveLength(0)
  expect(result.total.counts.planned).toBe(0)
  expect(result.iterations).toMatchObject({ planned: 1, failed: 1, expired: 1 })
  expect(result.durationMs).toBeLessThan(5000)
})

test('an iteration within its time is not touched', async () => {
  const mock = await localMock(FAST)
  const { result } = await runScenario({
    name: 'fine',
    target: chatAt(mock),
    load: [{ iterations: 5, users: 5 }],
    iterationTimeout: '30s',
    steps: [{ message: 'a' }, { delay: '10ms' }, { message: 'b' }],
  })
  expect(result.iterations).toMatchObject({ planned: 5, completed: 5, failed: 0, expired: 0 })
  expect(result.exitCode).toBe(0)
})
