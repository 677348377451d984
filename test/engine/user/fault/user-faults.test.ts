/** Faults injected over HTTP: what the target saw against what the result says, exactly. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { Result } from '../../../../src/result/schema.ts'
import { type RunInput, runScenario } from '../../../support/run.ts'

interface Seen {
  readonly path: string
  readonly body: string
  readonly length: string | undefined
}

/** Answers 200 when the body is JSON with a member `a`, 500 when `a` is a text, otherwise 400; after 20 ms below `/slow`, never below `/never`. */
async function target(): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const body = Buffer.concat(pieces).toString('latin1')
      const path = request.url ?? ''
      seen.push({ path, body, length: request.headers['content-length'] })
      response.statusCode = statusFor(body)
      if (!path.startsWith('/never')) setTimeout(() => response.end('{}'), path.startsWith('/slow') ? 20 : 0)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

function statusFor(body: string): number {
  try {
    const { a } = JSON.parse(body) as { a?: unknown }
    return a === undefined ? 400 : typeof a === 'string' ? 500 : 200
  } catch {
    return 400
  }
}

const BODY = { a: 1, b: 'x' }

function scenario(url: string, faults: RunInput['faults'], more: Partial<RunInput> = {}): RunInput {
  return {
    name: 'faults',
    seed: 'faults',
    target: { url },
    load: [{ iterations: 200, users: 16 }],
    steps: [{ name: 'post', request: { method: 'POST', path: '/slow', json: BODY } }],
    thresholds: ['errors ratio < 1%'],
    ...(faults && { faults }),
    ...more,
  } as RunInput
}

const kindOf = ({ faults }: Result, kind: string) => faults?.kinds.find((one) => one.kind === kind)

test.each([
  ['delay', { delay: '1ms..5ms' }],
  ['duplicate', { duplicate: '1..3', gap: '0ms..5ms' }],
  ['drift', { drift: 'remove', path: '$.a' }],
  ['timeout', { timeout: '5ms' }],
  ['status', { status: [500, 429], retryAfter: '1s' }],
  ['corrupt', { corrupt: '1..8' }],
  ['truncate', { truncate: '10%..90%' }],
  ['drop', { drop: 'reset', after: '5ms' }],
  ['drop', { drop: 'close', after: '5ms' }],
] as const)('%s: the target sees what the result says, and its error rate stays 0', async (kind, entry) => {
  const { url, seen } = await target()
  const { result, attempts } = await runScenario(scenario(url, [{ ...entry, probability: '25%' } as never]), { allowLag: true })
  const counts = kindOf(result, kind)
  expect(counts).toMatchObject({ offered: 200, expected: 50, cut: 0 })
  expect(counts?.injected).toBeGreaterThan(20)
  expect(counts?.injected).toBeLessThan(90)
  expect(attempts.filter(({ exchange }) => exchange.fault === kind)).toHaveLength(counts?.injected ?? 0)
  expect(seen).toHaveLength(result.faults?.sent ?? -1)
  expect(result.total.counts.planned).toBe(200)
  expect(result.total.counts.failed).toBe(result.faults?.failures)
  expect(result.errorRate).toBe(0)
  expect(result.verdict).toBe('passed')
  const tagged = result.tags[`fault=${kind}`]
  expect(tagged?.counts.planned).toBe(counts?.injected)
  expect(result.errors.every(({ class: name }) => name === `injected_${kind}`)).toBe(true)
})

test('copies are the same bytes, and all of them are answered', async () => {
  const { url, seen } = await target()
  const steps = [{ request: { method: 'POST', path: '/x', json: { a: 1, n: '{{iteration.index}}-{{user.id}}' } } }]
  const { result } = await runScenario(scenario(url, [{ duplicate: 2, probability: '50%' }], { steps } as never))
  const byBody = [...Map.groupBy(seen, ({ body }) => body).values()].map((same) => same.length)
  const counts = kindOf(result, 'duplicate')
  expect(byBody.filter((n) => n === 3)).toHaveLength(counts?.injected ?? -1)
  expect(byBody.filter((n) => n === 1)).toHaveLength(200 - (counts?.injected ?? 0))
  expect(counts?.copyReplies).toEqual({ accepted: counts?.copies, rejected: 0, unanswered: 0 })
})

test('drifted, corrupt and cut bodies are what arrives, with their true length', async () => {
  const { url, seen } = await target()
  const faults = [
    { drift: 'retype', path: '$.a', probability: '20%' },
    { drift: 'remove', path: '$.nothing', probability: '20%' },
    { corrupt: 1, probability: '20%' },
    { truncate: '50%', probability: '20%' },
  ] as RunInput['faults']
  const { result } = await runScenario(scenario(url, faults))
  const sent = JSON.stringify(BODY)
  const count = (fits: (body: string) => boolean) => seen.filter(({ body }) => fits(body)).length
  expect(seen.every(({ body, length }) => Number(length) === body.length)).toBe(true)
  const drift = kindOf(result, 'drift')
  expect(count((body) => body === JSON.stringify({ ...BODY, a: '1' }))).toBe(drift?.injected)
  expect(drift?.serverErrors).toBe(drift?.injected)
  expect(drift?.drawn).toBeGreaterThan(drift?.injected ?? 0)
  expect(count((body) => body.length === sent.length && body !== sent && statusFor(body) !== 500)).toBe(
    kindOf(result, 'corrupt')?.injected,
  )
  expect(count((body) => body === sent.slice(0, sent.length / 2))).toBe(kindOf(result, 'truncate')?.injected)
})

test('with probability 0 the target sees the same bytes as without the block', async () => {
  const steps = [{ request: { method: 'POST', path: '/x', json: { a: '{{uuid}}', n: '{{iteration}}' } } }, { delay: '0ms..1ms' }]
  const bodies = async (faults: RunInput['faults']) => {
    const { url, seen } = await target()
    const load = [{ iterations: 50, users: 1 }]
    await runScenario(scenario(url, faults, { steps, load, thresholds: [] } as never))
    return seen.map(({ path, body }) => `${path} ${body}`)
  }
  const without = await bodies(undefined)
  expect(without).toHaveLength(50)
  expect(
    await bodies([
      { delay: '1s', probability: '0%' },
      { corrupt: 1, probability: '0%' },
    ]),
  ).toEqual(without)
  expect(await bodies([])).toEqual(without)
})

test('a simulated 429 drives retries, and is no rate limit of the target', async () => {
  const { url, seen } = await target()
  const onError = { default: 'skip', rules: [{ class: 'rate_limited', do: 'retry', retry: { max: 5, delay: '1ms' } }] }
  const load = [{ iterations: 20, users: 1 }]
  const faults: RunInput['faults'] = [{ status: 429, retryAfter: '2ms', probability: '50%' }]
  const { result } = await runScenario(scenario(url, faults, { onError, load } as never), { allowLag: true })
  expect(result.retries?.attempts).toBeGreaterThan(5)
  expect(result.retries?.longestAskedMs).toBe(2)
  expect(seen).toHaveLength(result.total.counts.ok)
  expect(result.target[0]).not.toHaveProperty('rateLimits')
})

test('what a target does by itself stays its own, also of attempts that were hit', async () => {
  const { url } = await target()
  const steps = [{ request: { method: 'POST', path: '/x', body: 'not json' } }]
  const faults: RunInput['faults'] = [{ delay: '1ms', probability: '50%' }]
  const { result } = await runScenario(scenario(url, faults, { steps } as never))
  expect(result.errorRate).toBe(1)
  expect(kindOf(result, 'delay')).toMatchObject({ ok: 0, blamed: 0 })
  expect(result.faults?.failures).toBe(0)
  expect(result.exitCode).toBe(3)
})

test.each([
  [
    'a status that the target answers before the connection ends',
    { path: '/x', json: { a: 'bad' } },
    { drop: 'reset', after: '1s' },
    {},
  ],
  [
    'a deadline of the attempt before the connection ends',
    { path: '/never', json: BODY },
    { drop: 'reset', after: '200ms' },
    { firstByte: '5ms' },
  ],
  ['a deadline of the attempt before the forced one', { path: '/never', json: BODY }, { timeout: '1s' }, { firstByte: '5ms' }],
] as const)('%s is not put down to the fault', async (_what, post, fault, timeouts) => {
  const { url } = await target()
  const faults = [{ ...fault, probability: '100%' }]
  const steps = [{ request: { method: 'POST', ...post }, timeouts }]
  const load = [{ iterations: 5, users: 5 }]
  const { result } = await runScenario(scenario(url, faults as never, { steps, load } as never), { allowLag: true })
  expect(result.faults?.kinds[0]).toMatchObject({ injected: 5, failed: 5, blamed: 0 })
  expect(result.errorRate).toBe(1)
})

test('a deadline that a reply would have met without the fault is put down to it', async () => {
  const { url } = await target()
  const steps = [{ request: { method: 'POST', path: '/x', json: BODY }, timeouts: { firstByte: '100ms' } }]
  const load = [{ iterations: 4, users: 1 }]
  const { result } = await runScenario(scenario(url, [{ timeout: '10s', probability: '100%' }], { steps, load } as never))
  expect(result.errors.map(({ class: name, count }) => [name, count])).toEqual([['injected_timeout', 4]])
})

test('thresholds select injected attempts; iterations that failed by faults alone fail no rule', async () => {
  const { url } = await target()
  const thresholds = ['injected_failures{fault=drift} ratio > 99%', 'injected count > 50', 'failed_iterations ratio < 1%']
  const { result } = await runScenario(
    scenario(url, [{ drift: 'remove', path: '$.a', probability: '50%' }], { thresholds } as never),
    { allowLag: true },
  )
  expect(result.thresholds.map(({ state }) => state)).toEqual(['passed', 'passed', 'passed', 'passed'])
  expect(result.iterations).toMatchObject({ injected: result.total.counts.failed, failed: result.total.counts.failed })
  expect(result.verdict).toBe('passed')
})

test.each([
  ['a step', ['open', 'pay'], ['pay']],
  ['a run', ['pay'], ['pay']],
])('%s whose attempts were all kept from the target has not passed', async (_what, names, hit) => {
  const { url } = await target()
  const steps = names.map((name) => ({ name, request: { method: 'POST', path: '/x', json: BODY } }))
  const faults = [{ status: 500, probability: '100%', steps: hit }]
  const load = [{ iterations: 20, users: 2 }]
  const { result } = await runScenario(scenario(url, faults as never, { steps, load } as never))
  expect(result.exitCodes).toContain(1)
  expect(result.verdict).not.toBe('passed')
  expect(result.thresholds.filter(({ state }) => state === 'failed').map(({ reason }) => reason)).toContain(
    'step pay: none of its 20 attempts was ok: injected faults made 20 of them fail',
  )
})

test('a check that fails by a fault is in no share of checks', async () => {
  const { url } = await target()
  const steps = [{ name: 'post', request: { method: 'POST', path: '/x', json: BODY }, expect: [{ status: 200 }] }]
  const faults: RunInput['faults'] = [{ drift: 'remove', path: '$.a', probability: '20%' }]
  const { result } = await runScenario(scenario(url, faults, { steps } as never), { allowLag: true })
  const { ok, failed } = result.total.counts
  expect(failed).toBeGreaterThan(20)
  expect(result.errors.map(({ class: name, count }) => [name, count])).toEqual([['injected_drift', failed]])
  expect(result.total.counters).toMatchObject({ checksHeld: ok, checksMade: ok })
  expect(result.steps[0]?.checks).toMatchObject([{ passed: ok, failed: 0 }])
  expect(result.verdict).toBe('passed')
})

test('a fault that was drawn when the budget of the run ended is cut', async () => {
  const { url } = await target()
  const faults: RunInput['faults'] = [{ delay: '1ms', probability: '100%' }]
  const { result } = await runScenario(scenario(url, faults, { budget: { requests: 10 } } as never), { allowLag: true })
  const { injected = 0, ok = 0, failed = 0, cut = 0 } = kindOf(result, 'delay') ?? {}
  expect(injected).toBe(ok + failed + cut)
  expect(cut).toBeGreaterThan(0)
})

test('copies are in the budget of requests, which nothing exceeds', async () => {
  const { url, seen } = await target()
  const faults: RunInput['faults'] = [{ duplicate: 2, probability: '100%' }]
  const { result } = await runScenario(scenario(url, faults, { budget: { requests: 20 } } as never), { allowLag: true })
  expect(seen).toHaveLength(20)
  expect(result.faults?.sent).toBe(20)
  const { injected = 0, copies = 0, copiesPlanned, copiesNeverSent } = kindOf(result, 'duplicate') ?? {}
  expect(copiesPlanned).toBe(2 * injected)
  expect(copiesNeverSent).toBe(2 * injected - copies)
  expect(result.budget).toEqual([{ name: 'requests', limit: 20, used: 20, ended: true }])
  expect(result.verdict).toBe('failed')
})

test('what copies use of tokens and money is in the budget, and in no total', async () => {
  const reply = {
    choices: [{ message: { content: 'hi' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 6, completion_tokens: 4 },
  }
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end(JSON.stringify(reply)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/chat/completions`
  const { result } = await runScenario(
    {
      ...{ name: 'spent', seed: 'spent', load: [{ iterations: 10, users: 2 }], steps: [{ message: 'x' }] },
      target: { url, preset: 'openai-chat', model: 'm', stream: false, pricing: { inputPer1M: 1e6, outputPer1M: 1e6 } },
      faults: [{ duplicate: 1, probability: '100%' }],
      budget: { tokens: '1M', cost: 1000 },
    } as never,
    { allowLag: true },
  )
  expect(result.total.counts.ok).toBe(10)
  expect(result.faults?.kinds[0]?.copyReplies?.accepted).toBe(10)
  expect(result.budget?.find(({ name }) => name === 'tokens')?.used).toBe(200)
  expect(result.cost).toMatchObject({ outside: 100 })
})

test('what could not be sent is not among the requests that the target should have seen', async () => {
  const faults: RunInput['faults'] = [
    { delay: '0ms', probability: '50%' },
    { status: 500, probability: '20%' },
  ]
  const load = [{ iterations: 8, users: 2 }]
  const { result } = await runScenario(scenario('http://127.0.0.1:1', faults, { load } as never))
  expect(result.total.counts.failed).toBe(8)
  expect(result.faults?.sent).toBe(0)
})

test('what finds nothing to change leaves its turn to the entries below, and the request is made once', async () => {
  const { url, seen } = await target()
  const steps = [
    { name: 'post', request: { method: 'POST', path: '/x', json: { a: 1, n: '{{uuid}}' } } },
    { name: 'get', request: { path: '/x' } },
  ]
  const faults = [
    { drift: 'remove', path: '$.nothing', probability: '100%' },
    { corrupt: 1, probability: '100%', steps: ['get'] },
    { truncate: '50%', probability: '100%', steps: ['post'] },
    { status: 429, probability: '100%', steps: ['get'] },
  ]
  const sent = async (more: object) => {
    const from = seen.length
    const load = [{ iterations: 20, users: 1 }]
    const { result } = await runScenario(scenario(url, undefined, { steps, load, thresholds: [], ...more } as never))
    return { result, bodies: seen.slice(from).map(({ body }) => body) }
  }
  const { result, bodies } = await sent({ faults })
  expect(result.faults?.kinds.map(({ kind, offered, drawn, injected }) => [kind, offered, drawn, injected])).toEqual([
    ['drift', 40, 40, 0],
    ['corrupt', 20, 20, 0],
    ['truncate', 20, 20, 20],
    ['status', 20, 20, 20],
  ])
  const whole = (await sent({})).bodies.filter((body) => body !== '')
  expect(bodies).toEqual(whole.map((body) => body.slice(0, body.length / 2)))
})

test('a fault that was never injected is noted', async () => {
  const { url } = await target()
  const faults: RunInput['faults'] = [
    { drift: 'remove', path: '$.nothing', probability: '100%' },
    { delay: '1ms', probability: '10%', from: '1h' },
  ]
  const { result } = await runScenario(scenario(url, faults))
  expect(result.notes.filter((note) => note.startsWith('fault '))).toEqual([
    'fault drift: never injected, as none of the 200 requests that it was drawn for holds what it changes',
    'fault delay: never injected, as no attempt came within its time, steps and target',
  ])
})

test('after a drop with a pause the user stays away, whether the reply came before or not, and the wait is in no latency', async () => {
  const { url } = await target()
  const steps = [{ name: 'post', request: { method: 'POST', path: '/quick', json: BODY } }] as RunInput['steps']
  const faults = [
    { drop: 'reset', pause: '40ms', probability: '50%' },
    { drop: 'reset', after: '60ms', pause: '40ms', probability: '100%' },
  ] as never
  const { result, attempts } = await runScenario(scenario(url, faults, { steps, load: [{ iterations: 12, users: 1 }] }))
  const times = attempts.map(({ exchange }) => exchange)
  const awayMs = times.slice(1).map(({ intended }, index) => intended - (times[index]?.endedAt ?? 0))
  // A timer may fire a fraction of a millisecond early.
  expect(Math.min(...awayMs)).toBeGreaterThan(39)
  expect(new Set(times.map(({ outcome }) => outcome))).toEqual(new Set(['ok', 'failed']))
  expect(result.connectionMetrics.lostConnections).toBe(12)
})

test('a control is held to no threshold that only faults could meet', async () => {
  const { url } = await target()
  const thresholds = [
    'injected_failures{fault=drop} ratio > 1%',
    'recovery_time p95 < 5s',
    'injected count > 50',
    'errors ratio < 1%',
  ]
  const { result } = await runScenario(scenario(url, [], { thresholds: thresholds as never }))
  const judged = result.thresholds.filter(({ threshold }) => thresholds.includes(threshold))
  expect(judged.map(({ threshold, state }) => [threshold, state])).toEqual([['errors ratio < 1%', 'passed']])
})
