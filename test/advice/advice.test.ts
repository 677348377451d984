import { describe, expect, test } from 'vitest'
import { adviceOf } from '../../src/advice/advice.ts'
import { createRandom } from '../../src/random.ts'
import type { Result } from '../../src/result/schema.ts'
import { allErrors, empty, fine } from '../report/results.ts'
import { MemoryTarget, runVirtual } from '../support/virtual.ts'

type Reply = ConstructorParameters<typeof MemoryTarget>[0]['reply']

/** A run in virtual time. */
async function run(reply: Reply, load: object[], target: object = {}): Promise<Result> {
  const memory = new MemoryTarget({ reply })
  const { result } = await runVirtual({
    name: 'advised',
    target: { protocol: 'memory', url: memory.url, ...target },
    load,
    steps: [{ request: { path: '/' } }],
  })
  return result
}

const ruleOf = (result: Result, rule: string) => adviceOf(result).find((one) => one.rule === rule)?.text

describe('where the time goes', () => {
  const load = [{ rate: '10/s', for: '30s' }]
  test('waiting for the first byte', async () => {
    const result = await run(
      () => ({
        headMs: 400,
        pieces: [
          [0, 'x'],
          [50, 'y'],
        ],
      }),
      load,
    )
    expect(ruleOf(result, 'slowest-part')).toBe(
      '89 % of the mean response time of 450ms is waiting for the first byte (400ms): the target works, or its queue is long',
    )
    // where burn itself slowed the connections, the times do not tell
    const kinds = [{ kind: 'latency', drawn: 1, acted: 1, failed: 0 }]
    const wireFaults = { connections: 1, unreached: 0, bytesUp: 1, bytesDown: 1, kinds }
    expect(ruleOf({ ...result, wireFaults }, 'slowest-part')).toBeUndefined()
  })

  test('receiving the reply', async () => {
    const result = await run(
      () => ({
        headMs: 40,
        pieces: [
          [0, 'x'],
          [400, 'y'],
        ],
      }),
      load,
    )
    expect(ruleOf(result, 'slowest-part')).toMatch(/^91 % .* is receiving the rest of the reply \(400ms\): replies are large/)
  })

  test('waiting for a free user', async () => {
    const result = await run(
      () => ({ headMs: 400 }),
      [
        { rate: '10/s', for: '30s', maxUsers: 2 },
        { rate: '1/s', for: '60s', maxUsers: 2 },
      ],
    )
    expect(ruleOf(result, 'slowest-part')).toMatch(
      /is waiting for a free user .* the target is slower than the rate, or maxUsers is too small/,
    )
  })

  test('no part alone: they are named', async () => {
    const result = await run(
      () => ({
        headMs: 100,
        pieces: [
          [0, 'x'],
          [100, 'y'],
        ],
      }),
      load,
    )
    expect(ruleOf(result, 'slowest-part')).toBe(
      'no part is most of the mean response time of 200ms: waiting for the first byte 100ms, receiving the rest of the reply 100ms',
    )
  })

  test('nothing is said of a fast target', async () => {
    expect(ruleOf(await run(() => ({ headMs: 2 }), load), 'slowest-part')).toBeUndefined()
  })
})

describe('the limit of the load', () => {
  /** A target that serves 20 requests per second, one after the other. */
  function single(): Reply {
    let freeAt = 0
    return ({ at }) => {
      freeAt = Math.max(freeAt, at) + 50
      return { headMs: freeAt - at }
    }
  }

  test('a ramp through the limit says how far it is safe', async () => {
    const result = await run(single(), [
      { users: 1, for: '20s' },
      { users: 20, for: '60s', ramp: '60s' },
    ])
    const text = ruleOf(result, 'load-limit')
    expect(text).toMatch(/^safe up to about [\d.]+ users \(p95 /)
    // From two users on, each waits for the other.
    expect(Number(/about ([\d.]+) users/.exec(text ?? '')?.[1])).toBeLessThanOrEqual(3)
  })

  test('a ramp that stays below it says that it was not reached', async () => {
    const result = await run(
      () => ({ headMs: 50 }),
      [
        { users: 1, for: '10s' },
        { users: 20, for: '30s', ramp: '30s' },
      ],
    )
    expect(ruleOf(result, 'load-limit')).toMatch(/^the limit was not reached: p95 .* at 1\.0 users, p95 .* at \d+ users$/)
  })

  test('errors that come with the load limit it too', async () => {
    const random = createRandom('errors')
    let busy = 0
    const result = await run(() => {
      busy += 1
      return { headMs: 50, status: busy > 600 && random.next() < 0.3 ? 500 : 200 }
    }, [
      { rate: '5/s', for: '20s' },
      { rate: '30/s', for: '60s', ramp: '30s' },
    ])
    expect(ruleOf(result, 'load-limit')).toMatch(/^safe up to about .*\/s .* % errors at /)
  })

  test('a target that goes down under the load has a limit', async () => {
    let n = 0
    const result = await run(
      () => ({ headMs: 50, status: n++ > 400 ? 500 : 200 }),
      [
        { rate: '5/s', for: '20s' },
        { rate: '50/s', for: '40s', ramp: '30s' },
      ],
    )
    expect(ruleOf(result, 'load-limit')).toMatch(/^safe up to about .* nothing ok and 100\.0 % errors at 50\/s$/)
  })

  test.each([1, 5])('errors of one in %d at any load are not blamed on it', async (every) => {
    let n = 0
    const result = await run(
      () => ({ headMs: 50, status: n++ % every === 0 ? 429 : 200 }),
      [
        { rate: '5/s', for: '20s' },
        { rate: '30/s', for: '60s', ramp: '30s' },
      ],
    )
    const said = every === 1 ? /^nothing$/ : /^the limit was not reached: p95 50\S* at 5\.0\/s, p95 50\S* at 30\/s$/
    expect(ruleOf(result, 'load-limit') ?? 'nothing').toMatch(said)
  })

  test('errors that are there from the beginning and grow are named', async () => {
    let n = 0
    const result = await run(
      () => ({ headMs: 50, status: n++ % (n > 400 ? 2 : 20) === 0 ? 500 : 200 }),
      [
        { rate: '5/s', for: '20s' },
        { rate: '30/s', for: '60s', ramp: '30s' },
      ],
    )
    expect(ruleOf(result, 'load-limit')).toMatch(/^safe up to about .* and 50\.0 % errors at 30\/s$/)
  })

  test('a steady load says nothing of it', async () => {
    expect(ruleOf(await run(() => ({ headMs: 50 }), [{ rate: '10/s', for: '30s' }]), 'load-limit')).toBeUndefined()
  })
})

test('what is in flight and in no latency is noticed', async () => {
  let n = 0
  // Every fourth request hangs until its deadline.
  const result = await run(() => (n++ % 4 === 3 ? {} : { headMs: 50 }), [{ rate: '20/s', for: '30s' }], {
    timeouts: { total: '2s' },
  })
  expect(ruleOf(result, 'in-flight')).toMatch(
    /^\d+\.\d attempts were in flight, .* explain 1\.\d: the \d+ failed and \d+ unfinished ones took longer/,
  )
  expect(ruleOf(await run(() => ({ headMs: 50 }), [{ rate: '20/s', for: '30s' }]), 'in-flight')).toBeUndefined()
})

test('the ends of a short run are no attempts that were held', async () => {
  const result = await run(() => ({ headMs: 15_000 }), [{ users: 120, for: '29s' }])
  expect(ruleOf(result, 'in-flight')).toBeUndefined()
})

describe('time that was lost to limits', () => {
  const users = [{ users: 10, for: '30s' }]

  test('rateLimit of the scenario: ten users who get a place each 1.25 s', async () => {
    const result = await run(() => ({ headMs: 20 }), users, { rateLimit: { requests: '8/s' } })
    expect(ruleOf(result, 'lost-to-limits')).toMatch(
      /^9\d % of the time of the users was lost to limits: 4m\S+ for rateLimit of the scenario: plan less load, or raise rateLimit$/,
    )
    // It is no lack of users.
    expect(ruleOf(result, 'slowest-part')).toMatch(
      / is waiting for limits or a free user .* see the time that was lost to limits$/,
    )
    expect(adviceOf(result)[0]?.rule).toBe('lost-to-limits')
  })

  test('pauses that the target asked for', async () => {
    let until = 0
    const reply: Reply = ({ at }) => {
      if (at >= until && at < until + 1000) return { headMs: 20 }
      if (at >= until + 1000) until = at + 2000
      return { headMs: 20, status: 429, headers: { 'retry-after-ms': '2000' } }
    }
    const result = await run(reply, users, { onRateLimit: 'pause' })
    expect(ruleOf(result, 'lost-to-limits')).toMatch(
      /^\d\d % of the time of the users was lost to limits: \S+ because the target turned attempts away \(it asked for waits of up to 2s\): ask for less, or raise the quota/,
    )
  })

  test('the circuit breaker', async () => {
    const circuitBreaker = { errors: '50%', over: '2s', min: 10, pause: '5s' }
    const reply: Reply = ({ at }) => ({ headMs: 200, status: at > 10_000 && at < 13_000 ? 503 : 200 })
    const result = await run(reply, users, { circuitBreaker })
    expect(ruleOf(result, 'lost-to-limits')).toMatch(/ for the circuit breaker: see why it opened$/)
  })

  test('a little of it is not worth a sentence', async () => {
    const result = await run(() => ({ headMs: 900 }), users, { rateLimit: { requests: '100/s' } })
    expect(ruleOf(result, 'lost-to-limits')).toBeUndefined()
  })
})

test('a rate limit and a long tail are named with their figures', async () => {
  let n = 0
  const limited = await run(() => ({ headMs: 5, status: n++ % 10 === 0 ? 429 : 200 }), [{ rate: '20/s', for: '30s' }])
  expect(ruleOf(limited, 'rate-limited')).toMatch(
    /^the target turned away 60 attempts \(10\.0 %\) by its rate limit, and let 18\.0\/s through/,
  )
  const tail = await run(() => ({ headMs: n++ % 50 === 0 ? 900 : 30 }), [{ rate: '50/s', for: '40s' }])
  expect(ruleOf(tail, 'long-tail')).toMatch(/^one attempt in a hundred takes 900ms or more, 30 times the median of 30ms/)
})

test('nothing is advised from little, or from what is not valid', () => {
  expect(adviceOf(empty)).toEqual([])
  expect(adviceOf(allErrors)).toEqual([])
  expect(adviceOf({ ...fine, validity: { state: 'invalid', reasons: [] } })).toEqual([])
})
