/** Retries: only where asked for, each an attempt of its own, after the wait that the scenario and the target ask for. */
/** Retries: only where asked for, each an attempt of its own, after the wait that the scenario and the target ask for. */
import { expect, test } from 'vitest'
import { wallNow } from '../../src/clock.ts'
import type { SettledAttempt } from '../../src/engine/user/run-context.ts'
import { createRandom } from '../../src/random.ts'
import { type Fault, reply } from '../servers/http-faults.ts'
import { chatTarget, MemoryTarget, runScenario, runVirtual } from '../support/virtual.ts'
import { chatAt, faulty, localMock } from './targets.ts'

const STEPS = [{ request: { method: 'GET', path: '/busy' } }]

/** Fails so many times, then answers. */
function busy(
  times: number,
  headers: () => Record<string, string> = () => ({}),
  body = 'busy',
  status = '503 Service Unavailable',
): Fault {
  let left = times
  return (socket) => {
    left -= 1
    socket.write(left >= 0 ? reply(body, headers(), status) : reply('ok'))
  }
}

/** The same in virtual time; each reply takes 5 ms. */
function busyTarget(times: number, headers: () => Record<string, string> = () => ({}), status = 503): MemoryTarget {
  return new MemoryTarget({ reply: (_, n) => (n < times ? { headMs: 5, status, headers: headers() } : { headMs: 5 }) })
}

/** Time from the end of each attempt to when the next was due, in ms. */
function waits(attempts: readonly SettledAttempt[]): number[] {
  return attempts.slice(1).map(({ exchange }, i) => exchange.intended - (attempts[i]?.exchange.endedAt ?? 0))
}

test('nothing is tried again unless asked for', async () => {
  const server = await faulty({ '/busy': busy(1) })
  const { result } = await runScenario({ name: 'default', target: { url: server.url }, steps: STEPS })
  expect(server.seen).toHaveLength(1)
  expect(result.total.counts).toMatchObject({ planned: 1, ok: 0, failed: 1 })
  expect(result).not.toHaveProperty('retries')
})

test('each retry is an attempt, counted as the server counts it; the first ones keep their latency', async () => {
  const random = createRandom(5, 'test')
  const target = chatTarget({}, () => (random.next() < 0.3 ? { headMs: 1, status: 500 } : undefined))
  const { result, attempts } = await runVirtual({
    name: 'count',
    target: chatAt(target),
    load: [{ iterations: 100, users: 5 }],
    onError: { default: 'retry', retry: { max: 2, delay: '100ms', multiplier: 1, jitter: false } },
    steps: [{ message: 'x' }],
  })
  const { counts } = result.total
  expect(counts.planned).toBe(target.requests.length)
  expect(counts.planned).toBe(attempts.length)
  expect(counts.ok + counts.failed).toBe(counts.planned)
  const tries = (n: number) => attempts.filter(({ attempt }) => attempt === n)
  expect(tries(1)).toHaveLength(100)
  expect(tries(2).length).toBeGreaterThan(10)
  expect(Math.max(...attempts.map(({ attempt }) => attempt))).toBeLessThanOrEqual(3)
  // A wait before a retry is part of no latency.
  for (const { exchange } of attempts)
    expect([exchange.sentAt - exchange.intended, exchange.endedAt - exchange.sentAt]).toEqual([0, 1])
  const ok = (list: readonly SettledAttempt[]) => list.filter(({ exchange }) => exchange.outcome === 'ok').length
  expect(result.retries).toEqual({
    attempts: counts.planned - 100,
    exchanges: 100,
    firstOk: ok(tries(1)),
    afterRetryOk: ok([...tries(2), ...tries(3)]),
    longestWaitMs: 100,
    longestAskedMs: null,
  })
  const lost = 100 - ok(attempts)
  expect(result.iterations).toMatchObject({ planned: 100, completed: 100 - lost, failed: lost })
})

test('waits grow by their factor up to maxDelay, and max bounds the tries', async () => {
  const target = busyTarget(99)
  const { attempts, result } = await runVirtual({
    name: 'backoff',
    target: { url: target.url },
    onError: { default: 'retry', retry: { max: 4, delay: '10ms', multiplier: 3, maxDelay: '50ms', jitter: false } },
    steps: STEPS,
  })
  expect(target.requests.map(({ at }) => at)).toEqual([0, 15, 50, 105, 160])
  expect(waits(attempts)).toEqual([10, 30, 50, 50])
  expect(result.retries).toMatchObject({ attempts: 4, exchanges: 1, firstOk: 0, afterRetryOk: 0, longestWaitMs: 50 })
  expect(result.iterations).toMatchObject({ failed: 1 })
})

test.each([
  ['seconds', () => ({ 'retry-after': '1' }), 1000],
  // A date has no parts of a second: the reply came 5 ms after it began.
  ['a date', () => ({ 'retry-after': new Date(wallNow() + 2000).toUTCString() }), 1995],
])('Retry-After as %s is waited for', async (_, headers, waitedMs) => {
  const { attempts, result } = await runVirtual({
    name: 'asked',
    target: { url: busyTarget(1, headers, 429).url },
    onError: { default: 'retry', retry: { delay: '1ms' } },
    steps: STEPS,
  })
  expect(attempts.map(({ exchange }) => exchange.outcome)).toEqual(['failed', 'ok'])
  expect(waits(attempts)).toEqual([waitedMs])
  expect(result.retries).toMatchObject({ firstOk: 0, afterRetryOk: 1 })
  expect(result.retries?.longestAskedMs).toBe(result.retries?.longestWaitMs)
  expect(result.target[0]?.rateLimits).toMatchObject({ replies: 1, limited: 1 })
})

test('what the target asks for is capped by maxDelay, and both are told', async () => {
  const { attempts, result } = await runVirtual({
    name: 'cap',
    target: { url: busyTarget(1, () => ({ 'retry-after': '60' })).url },
    onError: { default: 'retry', retry: { delay: '1ms', maxDelay: '30ms' } },
    steps: STEPS,
  })
  expect(waits(attempts)).toEqual([30])
  expect(result.retries).toMatchObject({ longestWaitMs: 30, longestAskedMs: 60_000 })
})

test('the wait that Gemini asks for in the body of its error is waited for', async () => {
  const mock = await localMock({ firstTokenMs: 0, gapMs: 0, tokens: 2, rateLimitRate: 1, retryAfterSeconds: 46 })
  const { attempts, result } = await runScenario({
    name: 'gemini',
    target: { preset: 'gemini', url: `${mock.url}/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse` },
    onError: { default: 'retry', retry: { max: 1, delay: '1ms', maxDelay: '40ms', jitter: false } },
    steps: [{ message: 'x' }],
  })
  expect(attempts).toHaveLength(2)
  expect(attempts[0]?.exchange.headers).not.toHaveProperty('retry-after')
  expect(attempts[0]?.exchange.failure).toMatchObject({ class: 'rate_limited', retryAfterMs: 46_000 })
  expect(Math.round(waits(attempts)[0] ?? 0)).toBe(40)
  expect(result.retries).toMatchObject({ longestWaitMs: 40, longestAskedMs: 46_000 })
  expect(result.target[0]?.rateLimits).toMatchObject({ limited: 2, maxRetryAfterMs: 46_000 })
})

test('a quota that is used up is not tried again', async () => {
  const error = {
    message: 'You exceeded your current quota',
    type: 'insufficient_quota',
    param: null,
    code: 'insufficient_quota',
  }
  const server = await faulty({
    '/busy': busy(99, () => ({ 'retry-after': '0' }), JSON.stringify({ error }), '429 Too Many Requests'),
  })
  const { attempts } = await runScenario({
    name: 'quota',
    target: { preset: 'openai-chat', url: `${server.url}/busy` },
    onError: { default: 'retry', retry: { max: 3, delay: '1ms' } },
    steps: [{ message: 'x' }],
  })
  expect(server.seen).toHaveLength(1)
  expect(attempts[0]?.exchange.failure).toMatchObject({ class: 'rate_limited', code: 'insufficient_quota' })
})

test.each([
  ['by default it ends the run', 'skip' as const, 1, 'stopped after 1 of 5 iterations: the account has no quota left (ask)'],
  ['a rule by its name overrides that', { rules: [{ class: 'insufficient_quota', do: 'skip' as const }] }, 5, undefined],
  ['a rule by the status overrides that', { rules: [{ status: 429, do: 'skip' as const }] }, 5, undefined],
])('a quota that is used up: %s', async (_what, onError, requests, why) => {
  const body = JSON.stringify({
    error: { message: 'You exceeded your current quota', type: 'insufficient_quota', code: 'insufficient_quota' },
  })
  const server = await faulty({ '/busy': busy(99, () => ({}), body, '429 Too Many Requests') })
  const { result } = await runScenario({
    name: 'quota',
    target: { preset: 'openai-chat', url: `${server.url}/busy` },
    onError,
    load: [{ iterations: 5, users: 1 }],
    steps: [{ name: 'ask', message: 'x' }],
  })
  expect(server.seen).toHaveLength(requests)
  expect(result.notes.find((note) => note.startsWith('stopped'))).toBe(why)
})

test.each([
  [
    'Anthropic',
    '400 Bad Request',
    {
      type: 'error',
      error: { type: 'invalid_request_error', message: 'Your credit balance is too low to access the Anthropic API.' },
    },
    1,
  ],
  [
    'Anthropic, by its type',
    '402 Payment Required',
    { type: 'error', error: { type: 'billing_error', message: 'see your plan' } },
    1,
  ],
  [
    'DeepSeek',
    '402 Payment Required',
    { error: { message: 'Insufficient Balance', type: 'unknown_error', code: 'invalid_request_error' } },
    1,
  ],
  ['OpenRouter', '402 Payment Required', { error: { code: 402, message: 'Insufficient credits. Add more.' } }, 1],
  ['a shop that declines a card', '402 Payment Required', { error: { code: 'card_declined', message: 'declined' } }, 5],
  ['a wallet', '400 Bad Request', { error: 'insufficient balance' }, 5],
])('an account without credit, as %s says it', async (_who, status, body, requests) => {
  const server = await faulty({ '/busy': busy(99, () => ({}), JSON.stringify(body), status) })
  const { result } = await runScenario({
    name: 'credit',
    target: { url: `${server.url}/busy` },
    load: [{ iterations: 5, users: 1 }],
    steps: [{ name: 'ask', request: { method: 'POST', json: {} } }],
  })
  expect(server.seen).toHaveLength(requests)
  const isOver = requests === 1
  expect(result.notes.some((note) => note.endsWith('the account has no quota left (ask)'))).toBe(isOver)
  expect(result.errors[0]?.hint?.startsWith('the quota of the account is used up')).toBe(isOver)
})

test('what the target says about its limits is in the result, least and longest over the run', async () => {
  const headers = ['5', '3', '4'].map((left) => ({ 'x-ratelimit-limit-requests': '10', 'x-ratelimit-remaining-requests': left }))
  const server = await faulty({ '/limits': (socket) => socket.write(reply('ok', headers.shift() ?? {})) })
  const { result } = await runScenario({
    name: 'limits',
    target: { url: server.url },
    load: [{ iterations: 3, users: 1 }],
    steps: [{ request: { method: 'GET', path: '/limits' } }],
  })
  expect(result.target[0]?.rateLimits).toEqual({
    replies: 3,
    limitRequests: 10,
    minRemainingRequests: 3,
    limitTokens: null,
    minRemainingTokens: null,
    limited: 0,
    maxRetryAfterMs: null,
  })
})

test('a limit that names no wait is measured as well: how many it turned away, and the time that was lost', async () => {
  const target = new MemoryTarget({ reply: (_, n) => ({ headMs: 5, status: n % 2 ? 200 : 429 }) })
  const { result } = await runVirtual({
    name: 'lost',
    target: { url: target.url },
    load: [{ iterations: 3, users: 1 }],
    onError: { default: 'retry', retry: { delay: '2s', jitter: false } },
    steps: [{ request: { json: {} } }],
  } as never)
  expect(result.target[0]?.rateLimits).toMatchObject({ replies: 3, limited: 3, lostMs: 6000, maxRetryAfterMs: null })
})

test('of Anthropic the fewest input and output tokens are known', async () => {
  const headers = { 'anthropic-ratelimit-input-tokens-remaining': '70', 'anthropic-ratelimit-output-tokens-remaining': '9' }
  const { result } = await runVirtual({
    name: 'left',
    target: { url: new MemoryTarget({ reply: () => ({ headMs: 5, headers }) }).url },
    steps: [{ request: { json: {} } }],
  } as never)
  expect(result.target[0]?.rateLimits).toMatchObject({ minRemainingInputTokens: 70, minRemainingOutputTokens: 9 })
})
