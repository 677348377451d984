/** `target.rateLimit` in whole runs: what the target sees, what is counted, and that the wait is nobody's lateness. */
import { expect, test } from 'vitest'
import { contradictionsOf } from '../../../../src/store/contradictions.ts'
import { MemoryTarget, runVirtual } from '../../../support/virtual.ts'

const STEPS = [{ request: { json: {} }, name: 'ask' }]

function run(target: MemoryTarget, rateLimit: object, more: object = {}) {
  return runVirtual({
    name: 'limit',
    target: { url: target.url, rateLimit },
    load: [{ users: 5, iterationsPerUser: 6 }],
    steps: STEPS,
    ...more,
  } as never)
}

const quick = () => new MemoryTarget({ reply: () => ({ headMs: 20 }) })

test('wait: requests go at the rate, in turn, and the wait is in queue_wait, not in lag', async () => {
  const target = quick()
  const { result, attempts, timersLeft } = await run(target, { requests: '10/s', burst: 2 })
  // Two at once; after that one every 100 ms: the bucket refills while the first replies are under way.
  expect(target.requests.map(({ at }) => at)).toEqual([0, 0, ...Array.from({ length: 28 }, (_, i) => 100 * (i + 1))])
  expect(result.total.counts).toMatchObject({ planned: 30, ok: 30 })
  for (const { exchange } of attempts) {
    expect(exchange.lagMs).toBe(0)
    expect(exchange.sentAt - exchange.intended).toBe(exchange.queueWaitMs)
    expect(exchange.warnings).toEqual([])
  }
  // First come, first served: every user gets the same share.
  const users = attempts.map(({ session }) => session)
  for (let round = 0; round < 6; round += 1) expect(new Set(users.slice(round * 5, round * 5 + 5)).size).toBe(5)
  expect(result.target[0]?.limiter).toMatchObject({
    granted: 30,
    waited: 28,
    gaveUp: 0,
    dropped: 0,
    refused: 0,
    waitTime: { count: 28, max: expect.closeTo(480, 0) },
  })
  expect(timersLeft).toBe(0)
})

test('of users: each has its own limit', async () => {
  const target = quick()
  await run(target, { requests: '10/s', scope: 'user' })
  expect(target.requests.map(({ at }) => at)).toEqual([0, 100, 200, 300, 400, 500].flatMap((at) => Array(5).fill(at)))
})

test('drop: counted as dropped, no error, nothing invalid; the iteration goes on', async () => {
  const target = quick()
  const { result } = await run(
    target,
    { requests: '10/s', whenFull: 'drop' },
    { load: [{ rate: '20/s', for: '2s' }], thresholds: ['errors ratio < 1%'] },
  )
  expect(target.requests.map(({ at }) => at)).toEqual(Array.from({ length: 20 }, (_, i) => i * 100))
  expect(result.total.counts).toMatchObject({ planned: 40, started: 20, ok: 20, failed: 0, cut: 0, dropped: 20 })
  expect(result.total.counters).toMatchObject({ droppedByLimit: 20 })
  expect(result.target[0]?.limiter).toMatchObject({ granted: 20, dropped: 20 })
  expect([result.verdict, result.validity.state]).toEqual(['passed', 'ok'])
  expect(result.iterations).toMatchObject({ planned: 40, completed: 20, dropped: 20 })
  expect([...contradictionsOf(result)]).toEqual([])
})

test('drop: what the dropped step would have captured is missing, so what needs it is not sent', async () => {
  const limited = new MemoryTarget({ reply: () => ({ headMs: 5, pieces: [[0, '{"id":7}']] }) })
  const free = quick()
  const { result } = await runVirtual({
    name: 'two',
    targets: { limited: { url: limited.url, rateLimit: { requests: '1/s', whenFull: 'drop' } }, free: { url: free.url } },
    load: [{ users: 1, iterations: 2 }],
    steps: [
      { request: { json: {} }, name: 'get', target: 'limited', capture: { id: '$.id' } },
      { request: { json: { id: '{{id}}' } }, name: 'use', target: 'free' },
    ],
  } as never)
  expect(result.total.counts).toMatchObject({ planned: 3, ok: 2, dropped: 1, skipped: 1 })
  expect(result.iterations).toMatchObject({ completed: 1, failed: 0, dropped: 1 })
  expect([limited.requests.length, free.requests.length]).toEqual([1, 1])
})

test('error: fails as local_rate_limit, which is neither an error of the target nor a doubt about the numbers', async () => {
  const target = quick()
  const { result } = await run(
    target,
    { requests: '10/s', whenFull: 'error' },
    { load: [{ rate: '20/s', for: '2s' }], thresholds: ['errors ratio < 1%'] },
  )
  expect(target.requests).toHaveLength(20)
  expect(result.total.counts).toMatchObject({ planned: 40, ok: 20, failed: 20 })
  expect(result.errors).toMatchObject([{ class: 'local_rate_limit', step: 'ask', count: 20 }])
  expect(result.total.values.errors).toBe(0)
  expect(result.iterations).toMatchObject({ completed: 20, failed: 0, dropped: 20 })
  expect([result.verdict, result.validity.state]).toEqual(['passed', 'ok'])
  expect(result.target[0]?.limiter).toMatchObject({ granted: 20, refused: 20 })
  expect([...contradictionsOf(result)]).toEqual([])
})

test.each(['drop', 'error'])('%s: what was not sent does not dilute the error rate of what was', async (whenFull) => {
  const target = new MemoryTarget({ reply: (_, n) => ({ headMs: 20, status: n % 2 === 0 ? 200 : 500 }) })
  const { result } = await run(
    target,
    { requests: '5/s', whenFull },
    { load: [{ rate: '60/s', for: '8s' }], thresholds: ['errors ratio < 10%', 'failed_iterations ratio < 10%'] },
  )
  expect(target.requests).toHaveLength(40)
  expect(result.total.values.errors).toBe(0.5)
  expect(result.thresholds).toMatchObject([{ observed: 0.5 }, { observed: 0.5 }])
  expect(result.verdict).toBe('failed')
  expect(result.iterations).toMatchObject({ planned: 480, completed: 20, failed: 20, dropped: 440 })
  expect(result.anomalies?.failed).toBe(20)
  const sum = (key: 'failed' | 'refused') => result.timeline.reduce((all, row) => all + (row[key] ?? 0), 0)
  expect([sum('failed'), sum('refused')]).toEqual([20, whenFull === 'error' ? 440 : 0])
  const blocks = (result.blocks ?? []).map(({ failed, dropped }) => failed + dropped)
  expect(blocks.reduce((all, count) => all + count, 0)).toBe(20)
  expect([...contradictionsOf(result)]).toEqual([])
})

test('retries keep to the limit', async () => {
  const target = new MemoryTarget({ reply: (_, n) => ({ headMs: 10, status: n % 3 === 2 ? 200 : 503 }) })
  const { result } = await run(
    target,
    { requests: '10/s' },
    { load: [{ users: 1, iterations: 2 }], onError: { default: 'retry', retry: { delay: '1ms', jitter: false } } },
  )
  expect(target.requests.map(({ at }) => at)).toEqual([0, 100, 200, 300, 400, 500])
  expect(result.retries).toMatchObject({ attempts: 4, afterRetryOk: 2 })
})

test('the end of the run takes those that wait out of the queue: they never started, and nothing waits for them', async () => {
  const target = quick()
  const { result, timersLeft } = await run(target, { requests: '2/s' }, { load: [{ users: 5, for: '1200ms' }] })
  expect(target.requests.map(({ at }) => at)).toEqual([0, 500, 1000])
  expect(result.total.counts).toMatchObject({ planned: 8, ok: 3, cut: 0, dropped: 5 })
  expect(result.iterations).toMatchObject({ planned: 8, completed: 3, cut: 0, dropped: 5 })
  // five of eight would be the slowest, and are in no percentile
  expect(result.validity).toMatchObject({ state: 'invalid', reasons: [{ code: 'dropped' }] })
  expect([...contradictionsOf(result)]).toEqual([])
  expect(result.target[0]?.limiter).toMatchObject({ granted: 3, gaveUp: 5 })
  expect(timersLeft).toBe(0)
})

test('every arrival that was due is counted, also those in the queue when the run ends', async () => {
  const target = quick()
  const { result } = await run(target, { requests: '50/s' }, { load: [{ rate: '400/s', for: '3s' }], graceful: '1s' })
  const { planned, ok, dropped } = result.total.counts
  expect([planned, ok + dropped, result.iterations.planned]).toEqual([1200, 1200, 1200])
  expect(ok).toBe(target.requests.length)
  expect([...contradictionsOf(result)]).toEqual([])
})

test('a pause of the target holds those with a place as well: they do not all go at its end', async () => {
  const target = new MemoryTarget({
    reply: (_, n) => (n === 0 ? { headMs: 50, status: 429, headers: { 'retry-after-ms': '1000' } } : { headMs: 20 }),
  })
  const { result } = await runVirtual({
    name: 'both',
    target: { url: target.url, rateLimit: { requests: '10/s' }, onRateLimit: 'pause' },
    load: [{ users: 4, iterationsPerUser: 1 }],
    steps: STEPS,
  })
  const at = target.requests.map((request) => request.at)
  expect(at[0]).toBe(0)
  expect(at.slice(1)).toEqual([1050, 1150, 1250])
  expect(result.total.counts).toMatchObject({ planned: 4, ok: 3, failed: 1 })
})

test('tokens: replies keep to the rate of tokens that they turn out to use', async () => {
  const usage = { prompt_tokens: 20, completion_tokens: 30 }
  const body = { choices: [{ message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }], usage }
  const target = new MemoryTarget({
    reply: () => ({ headMs: 10, headers: { 'content-type': 'application/json' }, pieces: [[0, JSON.stringify(body)]] }),
  })
  const { result } = await runVirtual({
    name: 'tokens',
    target: { url: target.url, dialect: 'openai-chat', stream: false, rateLimit: { tokens: '6000/min', tokenBurst: 100 } },
    load: [{ users: 3, iterations: 21 }],
    steps: [{ message: 'hello' }],
  } as never)
  const { limiter } = result.target[0] ?? {}
  expect(limiter).toMatchObject({ granted: 21, tokensUsed: 21 * 50 })
  // 1050 tokens at 100 a second with 100 at once: the last is sent once 1050 − 100 have come.
  expect(target.requests.at(-1)?.at).toBeCloseTo(9500, 0)
})
