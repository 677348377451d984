/** `iterationTimeout`: an iteration that takes too long ends there and then, whatever it was waiting for, and is counted once. */
import { expect, test } from 'vitest'
import { chatTarget, MemoryTarget, runScenario, runVirtual } from '../support/virtual.ts'
import { chatAt, faulty } from './targets.ts'

test('expiry wakes a delay, makes no attempt that never was, and counts each iteration once', async () => {
  const target = chatTarget()
  const { result, attempts } = await runVirtual({
    name: 'delay',
    target: chatAt(target),
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
  // The next iteration of a user is due when the last one was over, not when its delay would have been.
  expect(target.requests.map(({ at }) => at)).toEqual([...Array(10).fill(0), ...Array(10).fill(300)])
  expect(result.iterations).toMatchObject({ planned: 20, completed: 0, failed: 20, expired: 20, cut: 0, dropped: 0 })
  expect(result.durationMs).toBe(600)
  for (const { exchange } of attempts) expect(exchange.sentAt).toBe(exchange.intended)
})

test('a delay as the last step expires too', async () => {
  const target = chatTarget()
  const { result } = await runVirtual({
    name: 'last',
    target: chatAt(target),
    load: [{ iterations: 4, users: 4 }],
    iterationTimeout: '100ms',
    steps: [{ message: 'hi' }, { delay: '20s' }],
  })
  expect(result.iterations).toMatchObject({ planned: 4, completed: 0, failed: 4, expired: 4 })
  expect([result.exitCode, result.durationMs]).toEqual([1, 100])
})

test('an attempt in flight fails as timeout_iteration, with moments that never go back', async () => {
  const target = chatTarget({ firstTokenMs: 60_000 })
  const { result, attempts } = await runVirtual({
    name: 'flight',
    target: chatAt(target),
    load: [{ iterations: 4, users: 2 }],
    iterationTimeout: '150ms',
    onError: { default: 'retry', retry: { max: 3, delay: '1ms' } },
    steps: [{ message: 'slow' }, { message: 'never' }],
  })
  expect(attempts).toHaveLength(4)
  expect(result.iterations).toMatchObject({ planned: 4, completed: 0, failed: 4, expired: 4 })
  for (const { exchange } of attempts) {
    expect(exchange.failure).toMatchObject({ class: 'timeout_iteration', phase: 'first_token' })
    expect([exchange.sentAt - exchange.intended, exchange.endedAt - exchange.sentAt]).toEqual([0, 150])
  }
  expect([target.requests.length, target.cancelled, target.open]).toEqual([4, 4, 0])
})

test('expiry ends the wait before a retry', async () => {
  const target = new MemoryTarget({ reply: () => ({ headMs: 5, status: 503 }) })
  const { result, attempts } = await runVirtual({
    name: 'retry',
    target: { url: target.url },
    iterationTimeout: '150ms',
    onError: { default: 'retry', retry: { max: 5, delay: '30s', jitter: false } },
    steps: [{ message: 'a' }, { message: 'b' }],
  })
  expect(attempts.map(({ exchange }) => exchange.failure?.class)).toEqual(['http_status'])
  expect(target.requests).toHaveLength(1)
  expect(result.iterations).toMatchObject({ failed: 1, expired: 1 })
  expect(result.durationMs).toBe(150)
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
})

test('an iteration within its time is not touched', async () => {
  const target = chatTarget()
  const { result } = await runVirtual({
    name: 'fine',
    target: chatAt(target),
    load: [{ iterations: 5, users: 5 }],
    iterationTimeout: '30s',
    steps: [{ message: 'a' }, { delay: '10ms' }, { message: 'b' }],
  })
  expect(result.iterations).toMatchObject({ planned: 5, completed: 5, failed: 0, expired: 0 })
  expect([result.exitCode, result.durationMs]).toEqual([0, 12])
})
