/** Every attempt ends in exactly one outcome, and the numbers of a run agree with each other and with the target. */
import { expect, test } from 'vitest'
import type { Exchange } from '../../src/exchange.ts'
import type { Counts, Result } from '../../src/result/schema.ts'
import type { RunInput, TestRun } from '../support/run.ts'
import { chatReply, chatTarget, MemoryTarget, type Reply, runScenario, runVirtual } from '../support/virtual.ts'
import { chatAt, localMock, threadMock } from './targets.ts'

const FAST = { firstTokenMs: 0, gapMs: 0, tokens: 2 }
/** One request in three goes wrong, each way in turn. */
const STORM = {
  ...FAST,
  seed: 11,
  gapMs: 1,
  tokens: 6,
  reasoningTokens: 2,
  errorRate: 0.06,
  rateLimitRate: 0.06,
  midStreamErrorRate: 0.06,
  truncateRate: 0.06,
  resetRate: 0.06,
  emptyRate: 0.03,
  stallRate: 0.01,
}

const balance = ({ planned, ok, failed, cut, dropped }: Counts) => planned - ok - failed - cut - dropped

/** Moments that happened, in the order of the glossary. */
function moments(exchange: Exchange): number[] {
  const { intended, sentAt, firstByteAt, firstTokenAt, firstOutputAt, lastTokenAt, endedAt } = exchange
  return [intended, sentAt, firstByteAt, firstTokenAt, firstOutputAt, lastTokenAt, endedAt].filter((at) => !Number.isNaN(at))
}

function sumOf(rows: Result['timeline'], key: 'started' | 'ok' | 'failed' | 'cut' | 'dropped' | 'outputTokens'): number {
  return rows.reduce((sum, row) => sum + row[key], 0)
}

/** Two steps whose replies stop being complete when they stall. */
const faultyRun = (url: string, load: RunInput['load']): RunInput => ({
  name: 'storm',
  target: { ...chatAt({ url }), timeouts: { idle: '60ms' } },
  load,
  graceful: '10ms',
  steps: [
    { message: 'a', name: 'a' },
    { message: 'b', name: 'b' },
  ],
})

function expectBalance({ result, attempts }: TestRun): void {
  const { total, steps, phases, timeline, errors } = result
  for (const slice of [total, ...steps, ...phases]) expect(balance(slice.counts)).toBe(0)
  for (const part of ['planned', 'started', 'ok', 'failed', 'cut', 'dropped'] as const) {
    expect(steps.reduce((sum, step) => sum + step.counts[part], 0)).toBe(total.counts[part])
    expect(phases.reduce((sum, phase) => sum + phase.counts[part], 0)).toBe(total.counts[part])
    if (part !== 'planned') expect(sumOf(timeline, part)).toBe(total.counts[part])
  }
  expect(sumOf(timeline, 'outputTokens')).toBe(total.tokens.output)
  expect(attempts).toHaveLength(total.counts.started)
  expect(errors.reduce((sum, group) => sum + group.count, 0)).toBe(total.counts.failed)
  expect(result.errorTypes).toBe(new Set(errors.map((group) => group.class)).size)
  expect(result.anomalies?.failed).toBe(total.counts.failed)
  expect(result.anomaliesDetected).toBe(Object.values(result.anomalies ?? {}).reduce((sum, count) => sum + count, 0))
  expect(total.distributions.response_time?.count).toBe(total.counts.ok)
  expect(total.failedServiceTime?.count).toBe(attempts.filter(({ exchange }) => exchange.outcome === 'failed').length)
  const { planned, completed, failed, cut, dropped } = result.iterations
  expect(planned).toBe(completed + failed + cut + dropped)
  for (const { exchange } of attempts) {
    const order = moments(exchange)
    expect(order).toEqual([...order].sort((a, b) => a - b))
    expect(exchange.outcome === 'failed').toBe(exchange.failure !== undefined)
    for (const gap of exchange.gapsMs) expect(gap).toBeGreaterThanOrEqual(0)
  }
}

test('in a faulty run all counts agree, moments never go back, and every slice balances', async () => {
  const mock = await threadMock(STORM)
  const run = await runScenario(faultyRun(mock.url, [{ iterations: 300, users: 30 }]))
  expectBalance(run)
  expect(run.result.iterations.planned).toBe(300)
  expect(run.result.total.counts.failed).toBeGreaterThan(30)
})

test('so they do in a faulty run on a timetable, which loses nothing of it', async () => {
  const [head, ...rest] = chatReply({ gapMs: 1, tokens: 6 }).pieces ?? []
  const begun: Reply = { headMs: 0, headers: { 'content-type': 'text/event-stream' }, pieces: head ? [head] : [] }
  const ways: Reply[] = [
    { headMs: 3, status: 500 },
    { headMs: 1, status: 429 },
    { ...begun, pieces: [...(begun.pieces ?? []), [4, 'data: {"error":{"message":"overloaded"}}\n\n']] },
    begun,
    { ...begun, end: 'lost' },
    { headMs: 2, headers: { 'content-type': 'text/event-stream' } },
    { ...begun, end: 'hang' },
  ]
  expect(rest).toHaveLength(6)
  // Every third request goes wrong, each way in turn.
  const target = chatTarget({ gapMs: 1, tokens: 6 }, (n) => (n % 3 === 0 ? ways[(n / 3) % ways.length] : undefined))
  const run = await runVirtual(
    faultyRun(target.url, [
      { rate: '300/s', for: '1500ms', maxUsers: 40 },
      { users: 10, for: '300ms' },
    ]),
  )
  expectBalance(run)
  expect(run.result.anomalies?.slow).toBe(0)
  expect(run.result.phases[0]?.counts).toMatchObject({ dropped: 0, cut: 0 })
  const { started, failed, cut } = run.result.total.counts
  expect(started).toBe(target.requests.length)
  // The last of those that hang are cut.
  expect(failed + cut).toBe(Math.ceil(started / 3))
  expect([started, cut]).toEqual([1312, 3])
})

test('timeline rows follow each other without gaps, and say the phase in which they began', async () => {
  const { result } = await runVirtual({
    name: 'rows',
    target: chatAt(chatTarget({ firstTokenMs: 5 })),
    load: [
      { name: 'warm', users: 2, for: '400ms', warmup: true },
      { name: 'main', users: 2, for: '1900ms' },
    ],
    steps: [{ message: 'x' }],
  })
  const rows = result.timeline
  expect(rows.map(({ phase, atMs, lengthMs }) => [phase, atMs, lengthMs])).toEqual([
    ['warm', 0, 1000],
    ['main', 1000, 1000],
    ['main', 2000, 300],
  ])
  expect(rows.map(({ users }) => users)).toEqual([2, 2, 0])
  expect(rows.map(({ latencies }) => latencies.response_time?.p50)).toEqual([5, 5, 5])
  // What ends with a second is in the next row.
  expect(rows.map(({ ok }) => ok)).toEqual([398, 400, 122])
  expect([result.warmup?.counts.ok, result.total.counts.ok]).toEqual([160, 760])
})

test('errors that are alike are one group each', async () => {
  const target = chatTarget({}, (n) => (n % 2 === 1 ? { headMs: 1, status: 429 } : undefined))
  const { result } = await runVirtual({
    name: 'groups',
    target: chatAt(target),
    load: [{ iterations: 5, users: 1 }],
    steps: [
      { message: 'a', name: 'good' },
      { message: 'b', name: 'limited' },
    ],
  })
  expect(result.errors).toMatchObject([{ class: 'rate_limited', step: 'limited', count: 5, phase: 'headers' }])
  expect(result.errors[0]).toMatchObject({ firstMs: 2, lastMs: 10, hint: expect.stringContaining('quota') })
  expect(result.errorRate).toBe(0.5)
})

test('a missed objective counts against goodput, and the latency stays in the distribution', async () => {
  const target = chatTarget({}, (n) => (n % 2 === 1 ? chatReply({ firstTokenMs: 300 }) : undefined))
  const { result } = await runVirtual({
    name: 'goodput',
    target: chatAt(target),
    load: [{ iterations: 20, users: 5 }],
    steps: [{ message: 'x', expect: [{ ttft: '< 200ms' }] }],
  })
  expect(result.total.counts).toMatchObject({ ok: 20, failed: 0 })
  expect(result.total.values.good_share).toBe(0.5)
  expect(result.total.values.goodput).toBe((result.total.values.rate ?? 0) / 2)
  expect(result.total.distributions.ttft).toMatchObject({ count: 20, min: 1, max: 300 })
  expect(result.steps[0]?.checks).toMatchObject([{ passed: 10, failed: 10 }])
})

test('a failed check makes its attempt fail, and takes its latency out', async () => {
  const mock = await threadMock(FAST)
  const { result } = await runScenario({
    name: 'check',
    target: chatAt(mock),
    steps: [{ message: 'x', expect: [{ contains: 'no such words' }] }, { message: 'y' }],
  })
  expect(result.total.counts).toMatchObject({ planned: 2, ok: 1, failed: 1 })
  expect(result.errors).toMatchObject([{ class: 'check_failed', phase: 'check' }])
  expect(result.total.distributions.response_time?.count).toBe(1)
})

test.each([
  [404, 'ok', 404],
  [404, 'failed', 200],
  [429, 'ok', 429],
  [500, 'failed', undefined],
])('status %i is %s where %s is expected', async (status, outcome, expected) => {
  const mock = await localMock({ ...FAST, ...(status === 404 ? {} : { status }) })
  const { attempts, result } = await runScenario({
    name: 'status',
    target: { url: mock.url },
    steps: [
      {
        request: { method: 'GET', path: status === 404 ? '/nowhere' : '/health' },
        ...(expected === undefined ? {} : { expect: [{ status: expected }] }),
      },
    ],
  })
  expect(attempts[0]?.exchange.status).toBe(status)
  expect(attempts[0]?.exchange.outcome).toBe(outcome)
  expect(result.total.counts[outcome as 'ok' | 'failed']).toBe(1)
})

const refusing = () => new MemoryTarget({ welcome: () => ({ afterMs: 0, refused: true }), reply: () => ({}) })

test('a target that refuses: every attempt fails once, at the planned rate', async () => {
  const { result } = await runVirtual({
    name: 'refused',
    target: { url: refusing().url },
    load: [{ rate: '500/s', for: '2s', maxUsers: 50 }],
    steps: [{ message: 'x' }],
  })
  expect(result.total.counts).toEqual({ planned: 1000, started: 1000, ok: 0, failed: 1000, cut: 0, dropped: 0 })
  expect(result.errors).toMatchObject([{ class: 'refused', phase: 'connect', count: 1000 }])
  expect(result.connectionMetrics).toMatchObject({ totalConnections: 1000, failedConnections: 1000, openConnections: 0 })
  expect(result.exitCodes).toContain(3)
})

test.each([
  ['iterations', [{ message: 'x' }, { message: 'y' }]],
  ['a loop within one', [{ loop: { times: 100_000, steps: [{ message: 'x' }] } }]],
])('users of a closed load rest longer and longer while their target refuses: %s', async (_, steps) => {
  const { result, attempts } = await runVirtual({
    name: 'refused closed',
    target: { url: refusing().url },
    load: [{ users: 10, for: '1500ms' }],
    steps,
  })
  // 10 + 20 + … + 640 ms are 1270: seven rests, eight tries; the next rest is of 1 s.
  expect(result.total.counts).toMatchObject({ planned: 80, failed: 80, cut: 0, dropped: 0 })
  for (let user = 0; user < 10; user += 1) {
    const own = attempts.filter(({ session }) => session === user).map(({ exchange }) => exchange.intended)
    expect(own).toEqual([0, 10, 30, 70, 150, 310, 630, 1270])
  }
  expect(result.exitCode).toBe(3)
})

test('a target that comes back is asked at full speed again', async () => {
  const { result, attempts } = await runVirtual({
    name: 'back',
    targets: { dead: { url: refusing().url }, alive: chatAt(chatTarget()) },
    load: [{ iterations: 4, users: 1 }],
    flows: [
      {
        name: 'both',
        weight: 1,
        steps: [
          { message: 'x', target: 'dead' },
          { message: 'y', target: 'alive' },
          { message: 'z', target: 'alive' },
        ],
      },
    ],
  })
  expect(result.total.counts).toMatchObject({ planned: 12, ok: 8, failed: 4 })
  // Each that is alive takes 1 ms; after a refusal there is a rest of 10.
  expect(attempts.map(({ exchange }) => exchange.intended)).toEqual([0, 10, 11, 12, 22, 23, 24, 34, 35, 36, 46, 47])
})

test.each([
  [{ n: 2 }, 'ap'],
  [{ n: '{{randomInt 2 2}}' }, 'ap'],
  [{}, 'appears'],
])('the reply to a message with %j in its body has the text %j', async (body, text) => {
  const piece = (index: number, content: string, finish: string | null = null) =>
    `data: ${JSON.stringify({ choices: [{ index, delta: { content }, finish_reason: finish }] })}\n\n`
  const pieces = [piece(0, 'ap'), piece(1, 'pears', 'length'), piece(0, '', 'stop'), 'data: [DONE]\n\n']
  const { url } = new MemoryTarget({
    reply: () => ({ headMs: 1, headers: { 'content-type': 'text/event-stream' }, pieces: pieces.map((one) => [1, one]) }),
  })
  const { attempts } = await runVirtual({
    name: 'choices',
    target: { url, dialect: 'openai-chat', body },
    load: [{ users: 1, iterations: 1 }],
    steps: [{ message: 'hello' }],
  } as never)
  expect(attempts.map(({ exchange }) => exchange.text)).toEqual([text])
})
